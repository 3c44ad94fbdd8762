import type { Static, TSchema } from '@sinclair/typebox'

/**
 * A rule that the API server enforces as CEL (`x-kubernetes-validations`), together with the same rule in
 * TypeScript for where no API server is at hand: a pull request (`render`), and the hook, which trusts nobody.
 * That the two agree is tested on a real API server.
 */
export interface Validation<T> {
  /** CEL; `self` is the value that the rule is attached to. */
  readonly rule: string
  /** What is wrong and what to do about it, for the person who wrote the value. */
  readonly message: string
  /** True where the value is fine. Left out for rules on updates (`oldSelf`), which have no meaning offline. */
  readonly holds?: (self: T) => boolean
}

const attached = new WeakMap<object, ReadonlyArray<Validation<never>>>()

/** The schema with its rules, which must be given the type that the schema describes. */
export function withValidations<S extends TSchema> (schema: S, validations: ReadonlyArray<Validation<Static<S>>>): S {
  const validated = { ...schema, 'x-kubernetes-validations': validations.map(({ rule, message }) => ({ rule, message })) }
  attached.set(validated['x-kubernetes-validations'], validations)
  return validated
}

/** The rules attached to a schema, for a walk over a value that has already been checked against that schema. */
export function validationsOf (schema: TSchema): ReadonlyArray<Validation<unknown>> {
  const rules: unknown = schema['x-kubernetes-validations']
  // The list object survives TypeBox's copies of a schema (Type.Optional and the like), so it is the key;
  // Validation<never> is Validation<unknown> for a caller who passes only values of that schema.
  return typeof rules === 'object' && rules !== null ? attached.get(rules) as ReadonlyArray<Validation<unknown>> ?? [] : []
}
