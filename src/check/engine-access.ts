import { docsAddress } from '../api/group.ts'
import type { RoleRule } from '../api/role-rule.ts'
import { formatRule } from '../kubernetes/role-rules.ts'
import { failed, few, ok, type Result } from './finding.ts'

/**
 * The permissions of Metacontroller.
 * @param classes the names of the classes whose permissions it grants
 * @param lacking those of engineRules that it lacks
 */
export function engineAccess (engine: string, classes: readonly string[], lacking: readonly RoleRule[]): Result {
  const granted = classes.length === 0 ? 'no class' : few(classes)
  if (lacking.length === 0) return ok(`${engine} has all permissions for ${granted}`)
  return failed(
    `${engine} lacks permissions for ${granted}: ${few(lacking.map(formatRule))}`,
    'Add the classes to classes or classPresets of the chart and run helm upgrade; without the chart: k8s-mtp rbac --classes classes/ | ' +
    `kubectl apply --server-side -f -. See ${docsAddress}/reference/reasons.md#permissionsnotgranted`
  )
}
