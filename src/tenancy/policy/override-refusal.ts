import type { FieldProblem } from './problem.ts'

/** A refusal, such as `101 exceeds the maximum 100 of TenantClass default`, with the field of the class that decides. */
export function overrideNotAllowed (path: FieldProblem['path'], refusal: string, boundedBy: string): FieldProblem {
  return {
    reason: 'OverrideNotAllowed',
    path,
    message: `${refusal}. Change or remove the override, or ask the platform team to change ${boundedBy} of the class`
  }
}
