import { docsAddress } from '../api/group.ts'
import { fieldsAt, listAt, textAt } from '../kubernetes/json.ts'
import { displayName, type ObservedObject } from '../kubernetes/object.ts'
import { plural } from '../plural.ts'
import { failed, few, ok, warning, type Result } from './finding.ts'

/**
 * Whether the classes that Tenants name exist.
 * @param parents Tenants and TenantNamespaces
 */
export function usedClasses (classes: readonly ObservedObject[], parents: readonly ObservedObject[]): Result {
  if (classes.length === 0) {
    return failed('no TenantClass exists, and every Tenant needs one',
      'Set classPresets or classes of the chart; without the chart: kubectl apply --server-side -f examples/classes/default.yaml. ' +
      `See ${docsAddress}/classes.md`)
  }
  const names = new Set(classes.map(({ metadata }) => metadata.name))
  const missing = new Map<string, string>()
  for (const parent of parents) {
    for (const name of classNames(parent)) if (!names.has(name) && !missing.has(name)) missing.set(name, displayName(parent))
  }
  if (missing.size === 0) return ok(`${plural(names.size, 'TenantClass', 'TenantClasses')}: ${few([...names])}`)
  return warning(`TenantClasses do not exist: ${few([...missing].map(([name, user]) => `${name} of ${user}`))}`,
    `Create them: k8s-mtp apply -f classes/. Or change spec.className. See ${docsAddress}/reference/reasons.md#classnotfound`)
}

function classNames (parent: ObservedObject): string[] {
  const spec = fieldsAt(parent, 'spec')
  return [spec, ...listAt(spec, 'namespaces')].map(fields => textAt(fields, 'className')).filter(name => name !== '')
}
