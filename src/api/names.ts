import { Type } from '@sinclair/typebox'
import { subdomain } from './validation/label-syntax.ts'

/** A list of names of objects. */
export const Names = (description: string, example: string, options: { default?: readonly string[] } = {}) => Type.Array(
  Type.String({ minLength: 1, maxLength: 253, pattern: subdomain.source, description: `A name, for example ${example}.` }),
  { ...options, maxItems: 32, description }
)
