import { Type } from '@sinclair/typebox'
import { withValidations } from './validation/cel-rule.ts'

/** Stands for the name of the Tenant. It is a whole DNS label: in `{tenant}-app` two Tenants could have the same name. */
const placeholder = '{tenant}'
const label = '([a-z0-9]([-a-z0-9]*[a-z0-9])?|[{]tenant[}])'
const hostName = new RegExp(`^([*][.])?${label}([.]${label})*$`)

/** A host name, or all names below one. */
export const HostName = withValidations(
  Type.String({
    minLength: 1,
    maxLength: 253,
    description: 'A host name: shop.example.com, *.shop.example.com, *.{tenant}.apps.example.com.'
  }),
  [{
    rule: `self.matches('${hostName.source}')`,
    message: 'write a DNS name in lower case, such as shop.example.com or *.{tenant}.apps.example.com. Only a whole part of it can be ' +
      '{tenant}, and only the first one *',
    isValid: self => hostName.test(self)
  }]
)

export function hostNameOf (tenant: string, pattern: string): string {
  return pattern.replaceAll(placeholder, tenant)
}
