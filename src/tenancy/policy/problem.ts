import { formatViolation, type Violation } from '../../api/validation/checker.ts'
import type { Reason } from '../../api/condition.ts'

/** Why a Tenant is held as it is: a value, never an exception. The message says what to do. */
export interface Problem {
  reason: Reason
  message: string
}

/** Something in a Tenant or in its class that cannot be declared, by the field that it stands in. */
export interface FieldProblem extends Violation {
  reason: 'ClassInvalid' | 'SpecInvalid' | 'OverrideNotAllowed'
}

/** The problem as the status says it: with the class named, where the field is one of its. */
export function explained ({ reason, path, message }: FieldProblem, className: string): Problem {
  const where = reason === 'ClassInvalid' ? `TenantClass ${className}: ` : ''
  return { reason, message: where + formatViolation({ path, message }) }
}
