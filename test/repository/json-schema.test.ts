import { Type } from '@sinclair/typebox'
import { expect, it } from 'vitest'
import { jsonSchema } from '../../release/json-schema.ts'
import { structuralSchema } from '../../src/crd/structural-schema.ts'

const cases: Array<[sentence: string, schema: Parameters<typeof structuralSchema>[0], expected: object]> = [
  ['refuses unknown fields at any depth', Type.Object({ list: Type.Array(Type.Object({ name: Type.String() })) }), {
    type: 'object',
    required: ['list'],
    properties: {
      list: {
        type: 'array',
        items: {
          type: 'object',
          required: ['name'],
          properties: { name: { type: 'string' } },
          additionalProperties: false
        }
      }
    },
    additionalProperties: false
  }],
  ['accepts any key of a map, and checks its values', Type.Record(Type.String(), Type.Object({ max: Type.Optional(Type.String()) })), {
    type: 'object',
    additionalProperties: { type: 'object', properties: { max: { type: 'string' } }, additionalProperties: false }
  }],
  [
    'accepts a number or text for a quantity',
    Type.Union([Type.String(), Type.Integer()], { 'x-kubernetes-int-or-string': true }),
    { type: ['integer', 'string'] }
  ],
  [
    'leaves out rules that only the API server can check',
    Type.String({ 'x-kubernetes-validations': [{ rule: 'true', message: 'never' }], maxLength: 5 }),
    { type: 'string', maxLength: 5 }
  ],
  [
    'keeps a field named properties',
    Type.Object({ properties: Type.Optional(Type.String()) }),
    { type: 'object', properties: { properties: { type: 'string' } }, additionalProperties: false }
  ]
]

it.each(cases)('%s', (_, schema, expected) => { expect(jsonSchema(structuralSchema(schema))).toEqual(expected) })
