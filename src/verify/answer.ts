import type { DryRunAnswer } from '../kubernetes/api-request.ts'

/**
 * What kind of response a dry run got. Only some are refusals that protect: an object that is invalid, or a caller who may not ask, proves
 * nothing.
 */
export type Sort =
  'admitted' | 'rbac' | 'pod-security' | 'policy' | 'quota' | 'limits' | 'impersonation' | 'not-found' | 'invalid' | 'unavailable' | 'other'

/** By the text of the API server, in order. Its code is 403 for most, and 422 for policies without a reason. */
const patterns: ReadonlyArray<readonly [RegExp, Sort]> = [
  // Source: k8s.io/apiserver/pkg/endpoints/filters/impersonation
  [/ cannot impersonate/, 'impersonation'],
  // Source: k8s.io/apiserver/pkg/endpoints/handlers/responsewriters.Forbidden
  [/is forbidden: User "[^]*" cannot /, 'rbac'],
  [/is forbidden: user "[^]*" \(groups=.*\) is attempting to grant RBAC permissions not currently held/, 'rbac'],
  [/violates PodSecurity "/, 'pod-security'],
  // ValidatingAdmissionPolicies, and the webhooks of policy engines.
  [/ValidatingAdmissionPolicy '[^']*' with binding '[^']*' denied request/, 'policy'],
  [/admission webhook "[^"]*" denied the request/, 'policy'],
  [/is forbidden: (exceeded quota|failed quota|insufficient quota)/, 'quota'],
  [/is forbidden: .*(?:(?:maximum|minimum) \S+ usage per|max limit to request ratio per)/, 'limits']
]

export function sortOf ({ code, message }: DryRunAnswer): Sort {
  if (code >= 200 && code < 300) return 'admitted'
  const found = patterns.find(([pattern]) => pattern.test(message))?.[1]
  if (found !== undefined) return found
  return sorts.find(([codes]) => codes.includes(code))?.[1] ?? (code >= 500 ? 'unavailable' : 'other')
}

const sorts: ReadonlyArray<readonly [codes: number[], Sort]> =
  [[[404, 405], 'not-found'], [[400, 409, 422], 'invalid'], [[0, 429], 'unavailable']]

/** The message without what precedes the reason, for a line of evidence. */
export function reasonOf ({ message }: DryRunAnswer): string {
  const [, reason = message] = /denied (?:the )?request: (.*)$/s.exec(message) ?? /is forbidden: (.*)$/s.exec(message) ?? []
  return reason.length > 160 ? `${reason.slice(0, 157)}...` : reason
}
