import type { Static, TSchema } from '@sinclair/typebox'

/**
 * A CEL rule that the API server enforces (`x-kubernetes-validations`), with the same rule in TypeScript for places
 * without an API server: a pull request (`render`), and the hook, which validates all input. A test on a real API
 * server shows that the two agree.
 */
export interface Validation<T> {
  /** CEL; `self` is the value with the rule. */
  readonly rule: string
  /** What is wrong, and what to do. */
  readonly message: string
  /** The stable name of the rule in `k8s-mtp lint`, if it has a name of its own. */
  readonly name?: string
  /** Absent for rules on updates (`oldSelf`), which have no meaning offline. */
  readonly isValid?: (self: T) => boolean
}

const attached = new WeakMap<object, ReadonlyArray<Validation<never>>>()

/** Attaches rules to a schema; they get values of the schema's type. */
export function withValidations<S extends TSchema> (schema: S, validations: ReadonlyArray<Validation<Static<S>>>): S {
  const validated = { ...schema, 'x-kubernetes-validations': validations.map(({ rule, message }) => ({ rule, message })) }
  attached.set(validated['x-kubernetes-validations'], validations)
  return validated
}

/** Returns the rules of a schema, for values that match it. */
export function validationsOf (schema: TSchema): ReadonlyArray<Validation<unknown>> {
  const rules: unknown = schema['x-kubernetes-validations']
  // The list object survives TypeBox's copies of a schema (Type.Optional and others), so it is the key.
  // Validation<never> is Validation<unknown> for a caller that passes only values of that schema.
  return typeof rules === 'object' && rules !== null ? attached.get(rules) as ReadonlyArray<Validation<unknown>> ?? [] : []
}
