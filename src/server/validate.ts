import type { TSchema } from '@sinclair/typebox'
import type { ValueError } from '@sinclair/typebox/errors'
import type { FastifySchemaCompiler } from 'fastify'
import { compileLater, firstErrors } from '../api/validation/checker.ts'

/**
 * Compiles the check of a request. Fastify's own compiler converts "3" to 3 and removes fields that the schema does not
 * list; the one of the TypeBox provider collects all errors, which a large request turns into gigabytes.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema }) => {
  const check = compileLater(schema)
  return value => check().Check(value)
    ? { value }
    : { error: firstErrors(check(), value).map(formatError) }
}

/** Of its fields, Fastify reads path and message. */
function formatError ({ path, message }: ValueError) {
  return { instancePath: path, message, keyword: '', schemaPath: '', params: {} }
}
