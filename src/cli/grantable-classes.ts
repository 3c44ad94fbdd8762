import type { Permission } from '../kubernetes/api-request.ts'
import type { RoleRule } from '../api/role-rule.ts'
import { docsAddress, group } from '../api/group.ts'
import { displayName } from '../kubernetes/object.ts'
import { formatRule } from '../kubernetes/role-rules.ts'
import { ClusterError } from './cluster/cluster-error.ts'
import type { Cluster } from './cluster/cluster.ts'
import { lackingRules, rulesOfClass } from './cluster/lacking-rules.ts'
import type { WrittenObject } from './input/apply-input.ts'
import { InputError } from './input/input-error.ts'
import { printWarning } from './output/print.ts'

/**
 * Refuses classes with permissions that Metacontroller does not have: RBAC would refuse the Roles of all their Tenants.
 * Warns if that cannot be checked.
 * @param engines users that Metacontroller may act as, of which the first with its permissions is taken
 * @throws InputError with one line per class
 */
export async function checkGrantable (cluster: Cluster, objects: readonly WrittenObject[], engines: readonly string[]): Promise<void> {
  const classes = objects.filter(({ kind }) => kind === 'TenantClass')
  if (classes.length === 0) return
  try {
    const engine = await findEngine(cluster, engines)
    if (engine === undefined) {
      printWarning(`${engines.join(' and ')}: not Metacontroller, or not installed yet, so the permissions of classes are not checked. ` +
        'Name its ServiceAccount with --engine-service-account.')
      return
    }
    const isAllowed = async (permission: Permission) => await cluster.isAllowed(engine, permission)
    if (await isAllowed({ group: 'rbac.authorization.k8s.io', resource: 'roles', verb: 'escalate' })) return
    const findings: string[] = []
    for (const found of classes) {
      const lacking = await lackingRules(rulesOfClass(found), isAllowed)
      if (lacking.length > 0) findings.push(findingOf(found, lacking))
    }
    if (findings.length > 0) throw new InputError(findings.join('\n'))
  } catch (error) {
    if (!(error instanceof ClusterError) || error.code !== 403) throw error
    printWarning('the permissions of classes are not checked, because you may not create subjectaccessreviews. ' +
      'If the status of a Tenant has PermissionsNotGranted afterwards, follow its message.')
  }
}

async function findEngine (cluster: Cluster, users: readonly string[]): Promise<string | undefined> {
  for (const user of users) if (await cluster.isAllowed(user, { group, resource: 'tenants', verb: 'list' })) return user
  return undefined
}

function findingOf (tenantClass: WrittenObject, lacking: RoleRule[]): string {
  return `${displayName(tenantClass)} grants what Metacontroller lacks: ${lacking.map(formatRule).join('; ')}. ` +
    'Grant it first: add the class to classes of the chart and run helm upgrade, or run with a folder of all classes: ' +
    `k8s-mtp rbac --classes classes/ | kubectl apply --server-side -f -. See ${docsAddress}/reference/reasons.md#permissionsnotgranted`
}
