import { docsAddress } from '../api/group.ts'
import { fieldsAt } from '../kubernetes/json.ts'
import { displayName, isTerminating, type ObservedObject } from '../kubernetes/object.ts'
import { specChangedAt } from '../kubernetes/spec-changed-at.ts'
import { failed, few, ok, skipped, type Result } from './finding.ts'

/** Metacontroller reconciles a change within seconds, and retries a failure within a minute at first. */
const timeoutMilliseconds = 60_000

/**
 * Whether the hook responds to Metacontroller: a status about the current generation comes from its response.
 * @param parents Tenants and TenantNamespaces
 */
export function reconciledTenants (parents: readonly ObservedObject[], now: Date): Result {
  const current = parents.filter(parent => !isTerminating(parent))
  if (current.length === 0) {
    return skipped('no Tenant exists, so nothing shows whether the hook responds', 'Ask the hook itself: helm test of the release.')
  }
  const late = current.filter(parent => !isReconciled(parent) && now.getTime() - (specChangedAt(parent) ?? 0) > timeoutMilliseconds)
  if (late.length === 0) return ok(`the hook responds: ${current.filter(isReconciled).length} of ${current.length} specs are reconciled`)
  return failed(
    `${late.length} of ${current.length} specs changed over a minute ago, and are not reconciled: ${few(late.map(displayName))}`,
    'Read what Metacontroller reports: kubectl events --namespace default --types=Warning. ' +
    `See ${docsAddress}/troubleshooting.md#nothing-happens-at-all`
  )
}

function isReconciled (parent: ObservedObject): boolean {
  const { observedGeneration } = fieldsAt(parent, 'status')
  return typeof observedGeneration === 'number' && observedGeneration >= (parent.metadata.generation ?? 0)
}
