import { group } from '../api/group.ts'
import type { RoleRule } from '../api/role-rule.ts'
import { groupOf, type ChildKind, type Grounded } from './engine-rules.ts'

const read = ['get', 'list', 'watch']
/** Without deletecollection: one call would take all tenants, with all their data. */
const readAndWrite = [...read, 'create', 'update', 'patch', 'delete']

/** People who create and change Tenants. */
export function tenantEditorRules (): Grounded[] {
  return [
    { because: 'Whoever may write a Tenant may make anybody admin in its namespaces, and delete them with all their data.', rules: [rule(['tenants'], readAndWrite)] },
    { because: 'To choose from.', rules: [rule(['tenantclasses'], read)] }
  ]
}

/** People who decide what tenants get. */
export function classEditorRules (): Grounded[] {
  return [
    { because: 'A class reaches all tenants that name it at once. Rules beyond what k8s-mtp-engine holds are refused by the API server, unless that holds escalate.', rules: [rule(['tenantclasses'], readAndWrite)] },
    { because: 'To see what a change has come to.', rules: [rule(['tenants'], read)] }
  ]
}

/** People who look: our own kinds, those inside of the namespaces included. */
export function viewerRules (childKinds: readonly ChildKind[]): Grounded[] {
  const inNamespaces = childKinds.filter(({ apiVersion }) => groupOf(apiVersion) === group).map(({ resource }) => resource)
  return [{ because: 'Who has what, and why it is as it is.', rules: [rule(['tenants', 'tenantclasses', ...inNamespaces].sort(), read)] }]
}

function rule (resources: string[], verbs: string[]): RoleRule {
  return { apiGroups: [group], resources, verbs }
}
