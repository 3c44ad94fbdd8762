import { apiVersion, group } from '../api/group.ts'
import { childKinds } from '../tenancy/desired/child-kinds.ts'
import { read, rule, type JustifiedRules } from './rules.ts'

/** Without deletecollection: one call would delete all Tenants with all their data. */
const readAndWrite = [...read, 'create', 'update', 'patch', 'delete']

export const tenantEditorRules: JustifiedRules[] = [
  {
    because: 'Permission to write a Tenant includes permission to make any user an admin of its namespace, and to delete the namespace.',
    rules: [rule(group, ['tenants'], readAndWrite)]
  },
  { because: 'To choose a class, and to see the further namespaces.', rules: [rule(group, ['tenantclasses', 'tenantnamespaces'], read)] }
]

export const classEditorRules: JustifiedRules[] = [
  {
    because: 'A class reaches all its Tenants at once. Roles with permissions that k8s-mtp-engine lacks are refused.',
    rules: [rule(group, ['tenantclasses'], readAndWrite)]
  },
  { because: 'To see the effect of a change.', rules: [rule(group, ['tenants', 'tenantnamespaces'], read)] }
]

const namespacedKinds = childKinds.filter(kind => kind.apiVersion === apiVersion).map(({ resource }) => resource)

export const viewerRules: JustifiedRules[] = [{
  because: 'To see which tenants exist, and their state.',
  rules: [rule(group, ['tenantclasses', 'tenants', 'tenantnamespaces', ...namespacedKinds], read)]
}]
