import type { Reason } from '../../api/condition.ts'
import { formatViolation, type Violation } from '../../api/validation/checker.ts'

/** Why a Tenant is on hold: a value, never an exception. */
export interface Problem {
  reason: Reason
  message: string
}

/** An invalid field of a Tenant or its class. */
export interface FieldProblem extends Violation {
  reason: 'ClassInvalid' | 'SpecInvalid' | 'OverrideNotAllowed'
}

/** Words the problem for the status, which names the class of a field. */
export function toProblem ({ reason, path, message }: FieldProblem, className: string): Problem {
  const where = reason === 'ClassInvalid' ? `TenantClass ${className}: ` : ''
  return { reason, message: where + formatViolation({ path, message }) }
}
