import { Type, type Static } from '@sinclair/typebox'
import { dnsLabel } from './validation/label-syntax.ts'
import { withValidations, type Validation } from './validation/cel-rule.ts'

/** A Kubernetes quantity as users write it: "500m", "1Gi", 20. The API server stores its canonical form. */
export const Quantity = Type.Union([Type.String({ minLength: 1, maxLength: 64 }), Type.Integer()], { 'x-kubernetes-int-or-string': true })
export type Quantity = Static<typeof Quantity>

/** Resource name to amount, for example {cpu: 500m, pods: "20"}. */
export const ResourceAmounts = Type.Record(Type.String(), Quantity, { minProperties: 1, maxProperties: 64 })
export type ResourceAmounts = Static<typeof ResourceAmounts>

/** For records whose keys become object names. */
export const keysAreNames: Validation<Record<string, unknown>> = {
  rule: `self.all(key, key.size() <= 63 && key.matches('${dnsLabel.source}'))`,
  message: 'the keys become object names: use at most 63 lower-case letters, digits and dashes',
  isValid: self => Object.keys(self).every(key => key.length <= 63 && dnsLabel.test(key))
}

/** Quota name to resource name to amount. */
export const QuotaAmounts = (description: string, validations: ReadonlyArray<Validation<Record<string, ResourceAmounts>>> = []) =>
  withValidations(Type.Record(Type.String(), ResourceAmounts, { maxProperties: 16, description }), [keysAreNames, ...validations])
