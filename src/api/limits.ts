import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { Bound } from './bound.ts'
import { OneOf } from './one-of.ts'
import { Quantity } from './resource-amounts.ts'

const types = ['Container', 'Pod', 'PersistentVolumeClaim'] as const

const record = <S extends TSchema>(values: S) => (description: string) =>
  Type.Optional(Type.Record(Type.String(), values, { minProperties: 1, maxProperties: 16, description }))

const amounts = record(Quantity)

const fields = {
  min: amounts('The minimum of each resource.'),
  max: amounts('The maximum of each resource.'),
  default: amounts('The limit of a container without one.'),
  defaultRequest: amounts('The request of a container without one. It decides how many such pods fit into a quota.'),
  maxLimitRequestRatio: amounts('The maximum ratio of limit to request.')
}

export const LimitItem = Type.Object({
  type: OneOf(types, { description: 'The kind of object that the item limits.' }),
  ...fields
}, { description: 'One item of the LimitRange tenant-limits.' })
export type LimitItem = Static<typeof LimitItem>

const LimitAmounts = (type: string) => Type.Optional(Type.Object(fields, { description: `Amounts of the item of type ${type}.` }))

/** By type, unlike the items of the class: overrides add no item. */
export const LimitOverrides = Type.Object({
  Container: LimitAmounts('Container'), Pod: LimitAmounts('Pod'), PersistentVolumeClaim: LimitAmounts('PersistentVolumeClaim')
}, {
  description: 'Overrides of the limits of the class: type of the item, then field, then resource, for example ' +
    '{Container: {max: {cpu: "4"}}}. The class lists the allowed overrides and their bounds under overrides.limits.'
})
export type LimitOverrides = Static<typeof LimitOverrides>

const bounds = record(Bound)

const LimitBounds = (type: string) => Type.Optional(Type.Object({
  min: bounds('Bounds of the minimum of each resource.'),
  max: bounds('Bounds of the maximum of each resource.'),
  default: bounds('Bounds of the limit of a container without one.'),
  defaultRequest: bounds('Bounds of the request of a container without one.'),
  maxLimitRequestRatio: bounds('Bounds of the maximum ratio of limit to request.')
}, { description: `Bounds of the item of type ${type}.` }))

export const LimitOverrideBounds = Type.Object({
  Container: LimitBounds('Container'), Pod: LimitBounds('Pod'), PersistentVolumeClaim: LimitBounds('PersistentVolumeClaim')
}, { description: 'Type of the item, then field, then resource, then bounds: {Container: {max: {cpu: {max: "4"}}}}.' })
