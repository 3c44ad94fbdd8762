import { skipped, type Finding, type Result } from '../../check/finding.ts'
import { ClusterError } from '../cluster/cluster-error.ts'
import type { Reader } from '../cluster/reader.ts'
import type { Check } from './checks.ts'

export const checkAdvice = 'Grant it, or run the command as a cluster admin.'

/** Those that were skipped for lack of a permission. */
export function withoutPermission (findings: readonly Finding[]): Finding[] {
  return findings.filter(({ state, remedy }) => state === 'skipped' && remedy === checkAdvice)
}

export async function runChecks (checks: Readonly<Record<string, Check>>, reader: Reader): Promise<Finding[]> {
  return await Promise.all(Object.entries(checks).map(async ([id, decide]) => ({ id, ...await decide(reader).catch(skippedBecause) })))
}

/** The caller may lack a permission, and the cluster a kind; other errors end the command. */
function skippedBecause (error: unknown): Result {
  if (!(error instanceof ClusterError)) throw error
  if (error.code === 403) return skipped(error.response, checkAdvice)
  if (error.code === 404) {
    return skipped('the API server does not serve a kind that this check reads', 'Install k8s-mtp first. See the check crds.')
  }
  throw error
}
