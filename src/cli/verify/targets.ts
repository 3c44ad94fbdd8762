import { labels } from '../../api/group.ts'
import { fieldsAt, textAt } from '../../kubernetes/json.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import { checkInput } from '../../tenancy/decision/decide.ts'
import { desiredFor } from '../../tenancy/desired/desired-state.ts'
import { readLooseTenant, type ObservedTenant } from '../../tenancy/observed/loose-tenant.ts'
import { isSubject, subjectKey, type ListedSubject } from '../../tenancy/subjects/listed-subjects.ts'
import { checker } from '../../api/validation/checker.ts'
import { TenantClass } from '../../api/tenant-class.ts'
import type { Api } from '../../verify/api.ts'
import type { ClusterState, Target, TenantOfTarget } from '../../verify/context.ts'
import { membersOf } from '../../verify/members.ts'
import { resources } from '../../kubernetes/resources.ts'
import { readTenants } from '../adoption/read.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { unless } from '../cluster/cluster-error.ts'
import { InputError } from '../input/input-error.ts'

export interface Wanted {
  tenants: readonly string[]
  all: boolean
  /** A namespace whose RoleBindings name the subjects. */
  asTenantOf: string | undefined
}

/** What a run reads first: which namespaces to verify, and what all of them share. */
export async function readTargets (
  cluster: Cluster, api: Api, wanted: Wanted, now: Date
): Promise<{ targets: Target[], state: ClusterState }> {
  const namespaces = await api.list(resources.namespaces)
  const tenants = await tenantsIn(cluster, wanted)
  const byNamespace = new Map(tenants.map(tenant => [readLooseTenant(tenant).namespace ?? '', tenant]))
  const declared = new Map([...byNamespace].map(([name, tenant]) => [name, keysOf(tenant)]))
  const classes = tenants.length === 0 ? [] : await cluster.list(resources.classes)
  const read = { classes: new Map(classes.map(each => [each.metadata.name, each])), now }
  const chosen = choose(namespaces, byNamespace, wanted)
  const targets = await Promise.all(chosen.map(async namespace =>
    await targetOf(api, namespace, byNamespace.get(namespace.metadata.name), read)))
  return { targets, state: { namespaces, declared } }
}

/** Without k8s-mtp in the cluster, a namespace of another system has no Tenants beside it. */
async function tenantsIn (cluster: Cluster, { asTenantOf }: Wanted): Promise<ObservedTenant[]> {
  if (asTenantOf === undefined) return await readTenants(cluster)
  return await unless(404, cluster.list(resources.tenants), () => [])
    .then(async some => some.length === 0 ? [] : await readTenants(cluster))
}

function choose (
  namespaces: readonly ObservedObject[], byNamespace: ReadonlyMap<string, ObservedTenant>, wanted: Wanted
): ObservedObject[] {
  const { tenants, all, asTenantOf } = wanted
  const ofTenant = (name: string) => namespaces.filter(({ metadata }) => byNamespace.get(metadata.name)?.metadata.name === name)
  if (asTenantOf !== undefined) {
    const found = namespaces.filter(({ metadata }) => metadata.name === asTenantOf)
    if (found.length === 0) throw new InputError(`namespace ${asTenantOf} does not exist. Check --as-tenant-of.`)
    return found
  }
  const names = all ? [...new Set([...byNamespace.values()].map(({ metadata }) => metadata.name))].sort() : tenants
  const missing = all ? [] : names.filter(name => ofTenant(name).length === 0)
  if (names.length === 0) {
    throw new InputError('there is no Tenant with a namespace, so there is nothing to verify. Create a Tenant, or verify any namespace: ' +
      '--as-tenant-of NAMESPACE.')
  }
  const [first] = missing
  if (first !== undefined) throw new InputError(`Tenant ${first} does not exist, or has no namespace. Check its name and status.`)
  return names.flatMap(ofTenant)
}

function keysOf (tenant: ObservedTenant): Set<string> {
  return new Set([...readLooseTenant(tenant).subjects.lists.values()].flatMap((list = []) => list).map(subjectKey))
}

/** What the desired state depends on. */
interface Read { classes: ReadonlyMap<string, ObservedObject>, now: Date }

async function targetOf (api: Api, namespace: ObservedObject, parent: ObservedTenant | undefined, read: Read): Promise<Target> {
  const { name } = namespace.metadata
  const isOwn = parent !== undefined && namespace.metadata.labels?.[labels.tenant] === parent.metadata.name
  if (!isOwn) {
    const bindings = await api.list(resources.roleBindings, { namespace: name })
    return { name, namespace, members: membersOf(bindings.map(listOf), read.now) }
  }
  const loose = readLooseTenant(parent)
  const lists = [...loose.subjects.lists].map(([role, list = []]) => [role, list] as const)
  return { name, namespace, tenant: tenantOf(parent, read), members: membersOf(lists, read.now) }
}

const checkClass = checker(TenantClass)

/** A pause changes nothing about what is desired. */
function tenantOf (parent: ObservedTenant, { classes, now }: Read): TenantOfTarget {
  const running: ObservedTenant = { ...parent, spec: { ...fieldsAt({ ...parent }, 'spec'), paused: false } }
  const tenant = readLooseTenant(running)
  const className = tenant.className ?? ''
  const tenantClass = checkClass(classes.get(className))
  const known = { name: parent.metadata.name, className }
  if (!tenantClass.ok) return { ...known, problem: `TenantClass ${className} does not exist, or is invalid` }
  const input = checkInput({ parent: running, tenant, observed: { children: new Map(), namespaces: new Map(), classes, missingKinds: [] } })
  const { value } = tenantClass
  if (input.tenant === undefined) return { ...known, tenantClass: value, problem: input.hold.problems[0].message }
  const { desired, problems } = desiredFor(input.tenant, value, now)
  return { ...known, tenantClass: value, ...(desired === undefined ? { problem: problems[0]?.message ?? '' } : { desired }) }
}

/** The subjects of a RoleBinding, with its Role as their role. */
function listOf (binding: ObservedObject): readonly [string, ListedSubject[]] {
  const { subjects } = binding
  const role = fieldsAt(binding, 'roleRef')
  const listed = (Array.isArray(subjects) ? subjects.filter(isSubject) : []).map(({ kind, name, namespace }) => ({
    kind, name, ...(kind === 'ServiceAccount' && { namespace: namespace ?? binding.metadata.namespace ?? '' })
  }))
  return [`${textAt(role, 'kind')} ${textAt(role, 'name')}`, listed]
}
