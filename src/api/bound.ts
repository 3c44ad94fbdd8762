import { Type, type Static } from '@sinclair/typebox'
import { Quantity } from './resource-amounts.ts'
import { withValidations } from './validation/cel-rule.ts'

export const Bound = withValidations(
  Type.Object({
    min: Type.Optional(Type.Union(Quantity.anyOf, { ...Quantity, description: 'The minimum of an override.' })),
    max: Type.Optional(Type.Union(Quantity.anyOf, { ...Quantity, description: 'The maximum of an override.' }))
  }, { description: 'The bounds of an override.' }),
  [{
    rule: 'has(self.min) || has(self.max)',
    message: 'a bound needs min or max. Set one of them',
    isValid: self => self.min !== undefined || self.max !== undefined
  }]
)
export type Bound = Static<typeof Bound>
