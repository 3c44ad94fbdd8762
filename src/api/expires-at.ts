import { Type } from '@sinclair/typebox'
import { withValidations } from './validation/cel-rule.ts'

const date = '20[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))'
const leapDay = '20([02468][048]|[13579][26])-02-29'
const clock = '([01][0-9]|2[0-3])(:[0-5][0-9])'

/**
 * RFC 3339 to the second, for existing days until 2099. Narrower than `format: date-time`, of which the API server and
 * JavaScript accept different sets: a time that passes here means one moment to both.
 */
const timestamp = new RegExp(`^(${date}|${leapDay})T${clock}{2}(Z|[+-]${clock})$`)

export const Expiry = withValidations(
  Type.String({
    maxLength: 64,
    description: 'When the access of this subject ends, for example 2026-12-24T18:00:00Z. Without it, access does not end. ' +
      'It ends also while the Tenant is paused or on hold. If a role lists a subject twice, the later end counts.'
  }),
  [{
    name: 'invalid-expiry',
    rule: `self.matches('${timestamp.source}')`,
    message: 'write date and time to the second, with Z or an offset, such as 2026-12-24T18:00:00Z or 2026-12-24T19:00:00+01:00',
    isValid: self => expiryMilliseconds(self) !== undefined
  }]
)

/** Milliseconds since 1970; undefined for text that `Expiry` refuses. */
export function expiryMilliseconds (text: string): number | undefined {
  return timestamp.test(text) ? Date.parse(text) : undefined
}
