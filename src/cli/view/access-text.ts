import type { Access, AccessReport } from '../../view/access-report.ts'
import { ageText } from '../../view/age.ts'
import { plural } from '../../plural.ts'
import type { Part } from '../output/print.ts'
import { table } from './table.ts'

/** A table for the namespaces of Tenants, and one for the whole cluster. */
export function accessLines ({ access, hidden }: AccessReport, now: Date): Part[][] {
  const [inNamespaces, inCluster] = [access.filter(({ clusterWide }) => !clusterWide), access.filter(({ clusterWide }) => clusterWide)]
  return [
    ...inNamespaces.length === 0 ? [['no access by RoleBindings']] : namespacesTable(inNamespaces, now),
    ...inCluster.length === 0 ? [] : [[''], ['Cluster-wide, in every namespace:'], ...clusterTable(inCluster)],
    ...hidden === 0 ? [] : [[`${plural(hidden, 'binding')} of Kubernetes to its own components not listed (--all lists them)`]]
  ]
}

function namespacesTable (access: readonly Access[], now: Date): Part[][] {
  const header = ['TENANT', 'NAMESPACE', 'SUBJECT', 'ROLE', 'PERMITS', 'UNTIL', 'NOTE']
  return table(header, access.map(({ tenant = '', namespace = '', subject, role, binding, permits, managed, expiresAt }) => ({
    cells: [tenant, namespace, subject, role, permits, untilText(expiresAt, now), managed ? '' : `unmanaged: ${binding}`],
    style: managed ? undefined : 'yellow'
  })))
}

function clusterTable (access: readonly Access[]): Part[][] {
  return table(['SUBJECT', 'ROLE', 'PERMITS', 'BINDING'], access.map(({ subject, role, permits, binding }) =>
    ({ cells: [subject, role, permits, binding] })))
}

function untilText (expiresAt: string | undefined, now: Date): string {
  if (expiresAt === undefined) return ''
  const left = Date.parse(expiresAt) - now.getTime()
  return left > 0 ? `${expiresAt} (${ageText(left)} left)` : `${expiresAt} (ending now)`
}
