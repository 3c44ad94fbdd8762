import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { describe, expect, it } from 'vitest'
import type { RoleRule } from '../../src/api/role-rule.ts'
import type { TenantClass } from '../../src/api/tenant-class.ts'
import type { Tenant } from '../../src/api/tenant.ts'
import type { Side } from '../../src/diff/diff.ts'
import { pathsBeyond } from '../../src/diff/network-paths.ts'
import type { BoundChange, DiffReport, NamespaceChange, Path, Port } from '../../src/diff/report.ts'
import type { Manifest } from '../../src/tenancy/desired/manifest.ts'
import { tenantState } from '../../src/diff/namespace-state.ts'
import { compared, side } from '../diff/sides.ts'
import { casesOfRun } from '../support/cases-of-run.ts'
import { defaultClass, tenant } from '../support/objects.ts'
import { now } from '../support/requests.ts'

const seed = Number(process.env.K8S_MTP_SEED ?? Date.now() % 2 ** 31)
console.log(`diff: K8S_MTP_SEED=${seed}`)
const check = <T>(values: fc.Arbitrary<T>, verify: (value: T) => void, numRuns = casesOfRun(60)) => fc.assert(fc.property(values, verify), { seed, numRuns })

const subject = fc.oneof(
  fc.record({
    kind: fc.constantFrom('User' as const, 'Group' as const),
    name: fc.constantFrom('ada', 'bob', '`|<b>@eve'),
    expiresAt: fc.constantFrom('2020-01-01T00:00:00Z', '2099-01-01T00:00:00Z', '2098-01-01T00:00:00Z')
  }, { requiredKeys: ['kind', 'name'] }),
  fc.record({ kind: fc.constant('ServiceAccount' as const), name: fc.constantFrom('deployer', 'bob'), namespace: fc.constantFrom('ci', 'cd') })
)
const people = fc.array(subject, { maxLength: 4 })
const some = <T>(...values: T[]) => fc.subarray(values)
const rule = fc.record({
  apiGroups: fc.constantFrom<string[][]>([''], ['apps'], ['', 'apps']),
  resources: fc.subarray(['pods', 'pods/exec', 'secrets', 'deployments'], { minLength: 1 }),
  verbs: fc.subarray(['get', 'list', 'create', 'delete', 'audit'], { minLength: 1 }),
  resourceNames: fc.subarray(['a', 'b'], { minLength: 1 })
}, { requiredKeys: ['apiGroups', 'resources', 'verbs'] })
const rules = fc.array(rule, { minLength: 1, maxLength: 3 })

const cidrs = ['10.0.0.0/8', '10.1.0.0/16', '192.0.2.0/24', '2001:db8::/32']
const peers = fc.array(fc.constantFrom(
  { namespace: 'monitoring' }, { namespace: 'monitoring', podLabels: { app: 'prometheus' } }, { namespace: 'ci' },
  { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }, ...cidrs.map(cidr => ({ cidr }))
), { minLength: 1, maxLength: 3 })
const ports = fc.array(fc.constantFrom<Array<{ port: number, endPort?: number, protocol: 'TCP' | 'UDP' }>>([
  { port: 443, protocol: 'TCP' }, { port: 400, endPort: 500, protocol: 'TCP' }, { port: 443, protocol: 'UDP' }
]).map(([first]) => first), { minLength: 1, maxLength: 2 }).map(list => list.flatMap(port => port ?? []))
const traffic = fc.array(fc.record({ peers, ports }, { requiredKeys: ['peers'] }), { minLength: 1, maxLength: 2 })

const classes = fc.record({
  cpu: fc.constantFrom('500m', '2', '8'),
  gpu: fc.constantFrom(undefined, '0', '4'),
  maxCpu: fc.constantFrom('1', '2', undefined),
  admin: rules,
  operator: rules,
  auditor: fc.option(rules, { nil: undefined }),
  ingress: traffic,
  enforce: fc.constantFrom('privileged' as const, 'baseline' as const, 'restricted' as const),
  version: fc.constantFrom('latest', 'v1.30', 'v1.25'),
  types: some('ClusterIP' as const, 'NodePort' as const, 'LoadBalancer' as const),
  hostNames: fc.option(some('*.{tenant}.example.com', 'shop.example.com', '*.example.com'), { nil: undefined }),
  imageRegistries: fc.option(some('registry.example.com', 'registry.example.com/team', 'docker.io/library'), { nil: undefined }),
  externalIPs: some(...cidrs),
  tolerations: some<{ key: string, value?: string, effect?: 'NoSchedule' }>({ key: '*' }, { key: 'pool' }, { key: 'pool', value: 'a', effect: 'NoSchedule' }),
  nodeSelector: fc.constantFrom<Record<string, string>>({}, { pool: 'a' }, { pool: 'b' }, { pool: 'a', zone: 'x' }),
  maxContainers: fc.integer({ min: 1, max: 100 }),
  permissions: fc.boolean(),
  refused: some('a.example/', 'a.example/b', 'c.example/'),
  label: fc.constantFrom(undefined, 'x', 'y')
}).map(({ cpu, gpu, maxCpu, ...each }): TenantClass => defaultClass(spec => {
  spec.quotas['tenant-quota'] = { ...spec.quotas['tenant-quota'], cpu, 'limits.cpu': '100', ...(gpu !== undefined && { 'requests.example.com/gpu': gpu }) }
  spec.limits = [{ type: 'Container', default: { cpu: '1' }, defaultRequest: { cpu: '50m' }, ...(maxCpu !== undefined && { max: { cpu: maxCpu } }) }]
  spec.roles = { admin: { rules: each.admin }, operator: { rules: each.operator }, viewer: spec.roles.viewer }
  spec.additionalRoles = { auditor: { rules: each.auditor ?? spec.roles.viewer.rules.slice(0, 1) } }
  spec.network = { dns: spec.network.dns, policies: [{ name: 'extra', ingress: each.ingress, egress: each.ingress }] }
  spec.podSecurity = { ...spec.podSecurity, enforce: each.enforce, version: each.version }
  spec.workloads.services = { ...spec.workloads.services, types: each.types, externalIPs: each.externalIPs }
  delete spec.workloads.hostNames
  if (each.hostNames !== undefined) spec.workloads.hostNames = each.hostNames
  if (each.imageRegistries !== undefined) spec.workloads.imageRegistries = each.imageRegistries
  spec.workloads.pods = { ...spec.workloads.pods, tolerations: each.tolerations, nodeSelector: each.nodeSelector, maxContainers: each.maxContainers }
  spec.workloads.refusedAnnotations = { ...spec.workloads.refusedAnnotations, services: each.refused }
  spec.selfService = { permissions: each.permissions }
  if (each.label !== undefined) spec.namespaceMetadata = { labels: { 'team.example/unit': each.label } }
}))

const named = (name: string) => (tenantClass: TenantClass): TenantClass => ({ ...tenantClass, metadata: { name } })
const specs = fc.record({
  className: fc.constantFrom('default', 'other'),
  admins: people,
  operators: people,
  viewers: people,
  roles: fc.record({ auditor: people }, { requiredKeys: [] }),
  deletionPolicy: fc.constantFrom('Delete' as const, 'Retain' as const),
  paused: fc.boolean(),
  cordoned: fc.boolean(),
  namespaces: fc.uniqueArray(fc.oneof(
    fc.record({ name: fc.constantFrom('dev', 'prod'), className: fc.constantFrom('default', 'other'), viewers: people }, { requiredKeys: ['name'] }),
    fc.constant({ existing: 'legacy' })
  ), { selector: entry => JSON.stringify('name' in entry ? entry.name : entry.existing), maxLength: 3 })
}, { requiredKeys: [] })
const tenants = fc.dictionary(fc.constantFrom('acme', 'globex', 'initech'), specs, { maxKeys: 3 }).map(all =>
  // An existing namespace belongs to one Tenant.
  Object.entries(all).map(([name, { namespaces = [], ...spec }], index): Tenant =>
    tenant({ ...spec, namespaces: namespaces.filter(entry => index === 0 || !('existing' in entry)) }, name)))
const sides = fc.tuple(tenants, classes, classes.map(named('other'))).map(([list, ...both]) => side(list, both))

const emptyOf = (report: DiffReport) => ({ result: report.result, tenants: report.tenants, classes: report.classes, dangers: report.dangers })

describe('for any Tenants and classes', () => {
  it('nothing differs from itself', () => {
    check(sides, each => {
      const again: Side = { tenants: structuredClone(each.tenants), classes: structuredClone(each.classes) }
      expect(emptyOf(compared(each, again))).toEqual({ result: 'unchanged', tenants: [], classes: [], dangers: [] })
    })
  })

  it('the reverse swaps gained and lost, opened and closed, loosened and tightened, before and after', () => {
    check(fc.tuple(sides, sides), ([a, b]) => {
      const [there, back] = [changedNamespaces(compared(a, b)), changedNamespaces(compared(b, a))]
      expect([...there.keys()].sort()).toEqual([...back.keys()].sort())
      for (const [name, change] of there) expect(comparable(reversed(change))).toEqual(comparable(back.get(name) ?? expect.unreachable()))
    })
  })

  it('gained and lost permissions are those of a model that evaluates Roles and RoleBindings', () => {
    check(fc.tuple(sides, sides), ([a, b]) => {
      const report = compared(a, b)
      for (const [before, after] of namespacesOnBothSides(a, b)) {
        const [had, has] = [grantsIn(before.contents), grantsIn(after.contents)]
        const change = changedNamespaces(report).get(before.name)
        for (const subject of new Set([...had.keys(), ...has.keys()])) {
          const entry = change?.access.find(({ subjects }) => subjects.includes(subject))
          expectDifference(had.get(subject) ?? [], has.get(subject) ?? [], entry?.gained ?? [], entry?.lost ?? [])
        }
      }
    }, 40)
  })

  it('each danger is of a namespace that loosens or is deleted, and each of these has one', () => {
    check(fc.tuple(sides, sides), ([a, b]) => {
      const report = compared(a, b)
      const expected = report.tenants.flatMap(({ namespaces }) => namespaces)
        .filter(({ change, deletionPolicy, limits, network, bounds }) => change === 'deleted' || (change === 'changed' && (
          deletionPolicy?.after === 'Delete' || limits.some(({ direction }) => direction === 'loosened') ||
          network.opened.length > 0 || bounds.some(({ direction }) => direction === 'loosened'))))
      expect(new Set(report.dangers.flatMap(({ namespaces }) => namespaces))).toEqual(new Set(expected.map(({ name }) => name)))
    })
  })
})

function changedNamespaces ({ tenants }: DiffReport): Map<string, NamespaceChange> {
  return new Map(tenants.flatMap(({ namespaces }) => namespaces).filter(({ change }) => change === 'changed').map(each => [each.name, each]))
}

function reversed (change: NamespaceChange): NamespaceChange {
  const swap = <T extends { before?: unknown, after?: unknown }>({ before, after, ...rest }: T) =>
    ({ ...rest, ...(after !== undefined && { before: after }), ...(before !== undefined && { after: before }) }) as T
  const opposite = { loosened: 'tightened', tightened: 'loosened', changed: 'changed' } as const
  const bound = ({ direction, added, removed, ...rest }: BoundChange): BoundChange => swap({
    ...rest, direction: opposite[direction], ...(removed !== undefined && { added: removed }), ...(added !== undefined && { removed: added })
  })
  return {
    ...change,
    class: swap(change.class),
    ...(change.deletionPolicy !== undefined && { deletionPolicy: swap(change.deletionPolicy) }),
    access: change.access.map(({ subjects, roles, gained, lost }) => ({ subjects, roles: swap(roles), gained: lost, lost: gained })),
    expiry: change.expiry.map(swap),
    quotas: change.quotas.map(swap),
    limits: change.limits.map(limit => swap({ ...limit, direction: opposite[limit.direction] })),
    network: { opened: change.network.closed, closed: change.network.opened },
    bounds: change.bounds.map(bound),
    metadata: change.metadata.map(swap)
  }
}

/** Without an order, and without what is not symmetric: the sign of a difference, and whether HEAD has ended. */
function comparable ({ byClass, access, expiry, quotas, limits, network, bounds, metadata, ...rest }: NamespaceChange) {
  const sorted = (list: readonly object[]) => list.map(each => JSON.stringify(each, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort()) : value)).sort()
  return {
    ...rest,
    access: sorted(access),
    expiry: sorted(expiry.map(({ hasEnded, ...each }) => each)),
    quotas: sorted(quotas.map(({ difference, ...each }) => each)),
    limits: sorted(limits.map(({ difference, ...each }) => each)),
    opened: sorted(network.opened),
    closed: sorted(network.closed),
    bounds: sorted(bounds),
    metadata: sorted(metadata)
  }
}

function namespacesOnBothSides (a: Side, b: Side) {
  const statesIn = ({ tenants, classes }: Side) => new Map([...tenants.values()].flatMap(each => tenantState(each, classes, now).namespaces)
    .map(({ name, tenantName, desired }) => [`${tenantName} ${name}`, { name, contents: desired.contents }]))
  const [before, after] = [statesIn(a), statesIn(b)]
  return [...before].flatMap(([key, each]) => {
    const other = after.get(key)
    return other === undefined ? [] : [[each, other] as const]
  })
}

/** A verb on one object, or on all objects, of one resource. */
interface Grant { group: string, resource: string, verb: string, name: string | undefined }

function grantsIn (contents: readonly Manifest[]): Map<string, Grant[]> {
  const granted = new Map<string, Grant[]>()
  for (const binding of contents) {
    if (binding.kind !== 'RoleBinding') continue
    const role = contents.find(manifest => manifest.kind === 'Role' && manifest.metadata.name === binding.roleRef.name)
    for (const { kind, name, namespace } of binding.subjects ?? []) {
      const key = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`
      granted.set(key, [...granted.get(key) ?? [], ...role?.kind === 'Role' ? (role.rules as RoleRule[]).flatMap(split) : []])
    }
  }
  return granted
}

function split ({ apiGroups, resources, verbs, resourceNames }: RoleRule): Grant[] {
  return apiGroups.flatMap(group => resources.flatMap(resource => verbs.flatMap(verb =>
    (resourceNames ?? [undefined]).map(name => ({ group, resource, verb, name })))))
}

function allows (grants: readonly Grant[], { group, resource, verb, name }: Grant): boolean {
  return grants.some(grant => grant.group === group && grant.resource === resource && grant.verb === verb && (grant.name === undefined || grant.name === name))
}

function expectDifference (had: readonly Grant[], has: readonly Grant[], gained: readonly RoleRule[], lost: readonly RoleRule[]): void {
  const [more, less] = [gained.flatMap(split), lost.flatMap(split)]
  for (const grant of has) expect(allows(more, grant), JSON.stringify(grant)).toBe(!allows(had, grant) || allows(more, { ...grant, name: undefined }))
  for (const grant of had) expect(allows(less, grant), JSON.stringify(grant)).toBe(!allows(has, grant) || allows(less, { ...grant, name: undefined }))
  for (const grant of more) expect(allows(has, grant) && !allows(had, grant), JSON.stringify(grant)).toBe(true)
  for (const grant of less) expect(allows(had, grant) && !allows(has, grant), JSON.stringify(grant)).toBe(true)
}

describe('for any network paths', () => {
  /** Sixteen addresses and six ports, so that all connections can be tried. */
  const network = fc.record({ first: fc.nat(15), bits: fc.integer({ min: 28, max: 32 }) })
    .map(({ first, bits }) => `${ipaddr.IPv4.networkAddressFromCIDR(`192.0.2.${first}/${bits}`).toString()}/${bits}`)
  const peer = fc.oneof(
    network.map(cidr => ({ cidr })),
    fc.tuple(network, network).map(([cidr, inner]) => isWithin(inner, cidr) ? { cidr, except: [inner] } : { cidr }),
    fc.constantFrom<Path['peer'][]>({ namespace: 'a' }, { namespace: 'a', podLabels: { x: '1' } }, { namespace: 'a', podLabels: { x: '1', y: '2' } }, { tenant: 'b' })
  )
  const range = fc.record({ protocol: fc.constantFrom('TCP', 'UDP'), port: fc.integer({ min: 1, max: 6 }), more: fc.nat(3) })
    .map(({ protocol, port, more }): Port => ({ protocol, port, endPort: port + more }))
  const path = fc.record({ direction: fc.constantFrom('ingress' as const, 'egress' as const), peer, ports: fc.array(range, { maxLength: 2 }) })
  const paths = fc.array(path, { maxLength: 5 })

  it('a connection is opened if and only if a path after allows it and none before', () => {
    check(fc.tuple(paths, paths), ([before, after]) => {
      const opened = pathsBeyond(after, before)
      for (const connection of connections) {
        const isNew = after.some(each => matches(each, connection)) && !before.some(each => matches(each, connection))
        if (isNew) expect(opened.some(each => matches(each, connection)), JSON.stringify({ connection, opened })).toBe(true)
      }
      for (const each of opened) {
        for (const port of each.ports.length === 0 ? [undefined] : each.ports) {
          const single = { ...each, ports: port === undefined ? [] : [port] }
          const some = connections.some(connection => matches(single, connection) && !before.some(other => matches(other, connection)))
          expect(some, JSON.stringify({ single, before })).toBe(true)
        }
      }
    }, 150)
  })

  interface Connection { direction: string, other: { ip: string } | { namespace: string, labels: Record<string, string> } | { tenant: string }, protocol: string, port: number }
  const others: Array<Connection['other']> = [
    ...Array.from({ length: 16 }, (_, index) => ({ ip: `192.0.2.${index}` })),
    { namespace: 'a', labels: {} }, { namespace: 'a', labels: { x: '1' } }, { namespace: 'a', labels: { x: '1', y: '2' } }, { tenant: 'b' }
  ]
  const connections: Connection[] = ['ingress', 'egress'].flatMap(direction => others.flatMap(other =>
    ['TCP', 'UDP', 'SCTP'].flatMap(protocol => Array.from({ length: 11 }, (_, port) => ({ direction, other, protocol, port })))))

  function matches ({ direction, peer, ports }: Path, connection: Connection): boolean {
    return direction === connection.direction && isPeer(peer, connection.other) && (ports.length === 0 || ports.some(({ protocol, port, endPort }) =>
      protocol === connection.protocol && port <= connection.port && connection.port <= endPort))
  }

  function isPeer ({ cidr, except = [], namespace, podLabels = {}, tenant }: Path['peer'], other: Connection['other']): boolean {
    if ('ip' in other) return cidr !== undefined && isIn(other.ip, cidr) && !except.some(hole => isIn(other.ip, hole))
    if ('tenant' in other) return tenant === other.tenant
    return namespace === other.namespace && Object.entries(podLabels).every(([key, value]) => other.labels[key] === value)
  }

  function isIn (ip: string, cidr: string): boolean {
    return ipaddr.parse(ip).match(ipaddr.parseCIDR(cidr))
  }

  function isWithin (inner: string, outer: string): boolean {
    const [[address, bits], [other, shorter]] = [ipaddr.parseCIDR(inner), ipaddr.parseCIDR(outer)]
    return bits > shorter && address.match(other, shorter)
  }
})
