import { Type } from '@sinclair/typebox'
import { describe, expect, it } from 'vitest'
import { structuralSchema } from '../../src/crd/structural-schema.ts'

describe('a structural schema', () => {
  it('has a union of literals as an enum', () => {
    expect(structuralSchema(Type.Union([Type.Literal('a'), Type.Literal('b')])))
      .toEqual({ type: 'string', enum: ['a', 'b'] })
  })

  it('has a record as additionalProperties', () => {
    expect(structuralSchema(Type.Record(Type.String(), Type.Integer({ minimum: 1 }), { maxProperties: 3 })))
      .toEqual({ type: 'object', additionalProperties: { type: 'integer', minimum: 1 }, maxProperties: 3 })
  })

  it('does not require a field with a default, which is set before validation', () => {
    const schema = Type.Object({ a: Type.String(), b: Type.String({ default: 'x' }), c: Type.Optional(Type.String()) })
    expect(structuralSchema(schema)).toMatchObject({ required: ['a'] })
  })

  it('keeps x-kubernetes extensions, and has no type beside int-or-string', () => {
    expect(structuralSchema(Type.Union([Type.String(), Type.Integer()], { 'x-kubernetes-int-or-string': true })))
      .toEqual({ 'x-kubernetes-int-or-string': true })
  })

  it.each([
    [
      'a union of objects',
      Type.Object({ a: Type.Union([Type.Object({}), Type.String()]) }),
      '$.a: only a union of strings has a structural form'
    ],
    ['a number', Type.Array(Type.Number()), '$[]: a schema of this kind has no structural form'],
    ['anything', Type.Object({ a: Type.Unknown() }), '$.a: a schema of this kind has no structural form']
  ])('refuses %s with its path', (_, schema, message) => {
    expect(() => structuralSchema(schema)).toThrow(message)
  })
})
