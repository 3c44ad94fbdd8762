import { Type, type SchemaOptions, type TLiteral, type TUnion } from '@sinclair/typebox'

/** One of some strings: an `enum` in the CRD. */
export function OneOf<const Value extends string> (values: readonly Value[], options: SchemaOptions = {}): TUnion<Array<TLiteral<Value>>> {
  return Type.Union(values.map(value => Type.Literal(value)), options)
}
