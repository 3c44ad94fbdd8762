import { Type } from '@sinclair/typebox'
import { expect, it } from 'vitest'
import { jsonSchema } from '../../src/crd/json-schema.ts'
import { structuralSchema } from '../../src/crd/structural-schema.ts'

const cases: Array<[sentence: string, schema: Parameters<typeof structuralSchema>[0], expected: object]> = [
  ['unknown fields are refused, at any depth', Type.Object({ list: Type.Array(Type.Object({ name: Type.String() })) }), {
    type: 'object',
    required: ['list'],
    properties: { list: { type: 'array', items: { type: 'object', required: ['name'], properties: { name: { type: 'string' } }, additionalProperties: false } } },
    additionalProperties: false
  }],
  ['the keys of a map are free, its values are not', Type.Record(Type.String(), Type.Object({ max: Type.Optional(Type.String()) })), {
    type: 'object',
    additionalProperties: { type: 'object', properties: { max: { type: 'string' } }, additionalProperties: false }
  }],
  ['a quantity is a number or text', Type.Union([Type.String(), Type.Integer()], { 'x-kubernetes-int-or-string': true }), { type: ['integer', 'string'] }],
  ['what the API server alone can judge is left out', Type.String({ 'x-kubernetes-validations': [{ rule: 'true', message: 'never' }], maxLength: 5 }), { type: 'string', maxLength: 5 }],
  ['a field called properties is a field', Type.Object({ properties: Type.Optional(Type.String()) }), { type: 'object', properties: { properties: { type: 'string' } }, additionalProperties: false }]
]

it.each(cases)('%s', (_, schema, expected) => { expect(jsonSchema(structuralSchema(schema))).toEqual(expected) })
