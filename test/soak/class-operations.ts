import type { TenantClass, TenantClassSpec } from '../../src/api/tenant-class.ts'
import { readManifests } from '../cluster/manifests.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { classOf, type Model } from './model.ts'
import { classKind, replaceSpec, type Operation } from './operation.ts'
import type { Picks } from './picks.ts'

/** The classes of a run, and the shipped ones that they start as. */
const bases = { 'soak-default': 'default', 'soak-small': 'small', 'soak-standard': 'standard' } as const
export const classNames: readonly string[] = Object.keys(bases)

/** The prefix of labels and annotations that Tenants may override. */
export const ownPrefix = 'own.soak.example.com/'

/** The classes at the start of a run. */
export function initialClasses (): TenantClass[] {
  return Object.entries(bases).map(([name, base]) => {
    const [shipped] = readManifests(repositoryPath(`examples/classes/${base}.yaml`))
    const tenantClass = classOf(name, shipped?.spec)
    const { overrides = {} } = tenantClass.spec
    tenantClass.spec.overrides = { ...overrides, labels: { prefixes: [ownPrefix] }, annotations: { prefixes: [ownPrefix] }, network: { peers: true } }
    return tenantClass
  })
}

type Edit = (spec: TenantClassSpec, picks: Picks) => string

const edits: Record<string, Edit> = {
  quotas (spec, picks) {
    const pods = String(10 + picks.below(10))
    const configmaps = String(40 + picks.below(20))
    Object.assign(spec.quotas['tenant-quota'] ?? {}, { pods })
    Object.assign(spec.quotas['tenant-objects'] ?? {}, { configmaps })
    return `pods ${pods}, configmaps ${configmaps}`
  },
  bounds (spec, picks) {
    const max = String(30 + picks.below(4) * 20)
    spec.overrides = { ...spec.overrides, quotas: { ...spec.overrides?.quotas, 'tenant-quota': { pods: { max } } } }
    return `overrides of pods up to ${max}`
  },
  labels (spec, picks) {
    const labels = Object.fromEntries(picks.some(['one', 'two', 'three'], 50).map(key => [`class.soak.example.com/${key}`, `v${picks.below(5)}`]))
    const { labels: _, ...others } = spec.namespaceMetadata ?? {}
    spec.namespaceMetadata = { ...others, ...(Object.keys(labels).length > 0 && { labels }) }
    return `labels ${Object.keys(labels).length}`
  },
  podSecurity (spec, picks) {
    spec.podSecurity.warn = picks.of(['baseline', 'restricted'] as const) ?? 'restricted'
    spec.podSecurity.audit = picks.of(['baseline', 'restricted'] as const) ?? 'restricted'
    return `podSecurity warn ${spec.podSecurity.warn}, audit ${spec.podSecurity.audit}`
  },
  network (spec, picks) {
    const policies = picks.some(['allow-ci', 'allow-metrics', 'allow-database'], 50).map(name => ({
      name, ingress: [{ peers: [{ namespace: `platform-${picks.below(3)}` }], ports: [{ port: 8000 + picks.below(100), protocol: 'TCP' as const }] }]
    }))
    spec.network = { ...spec.network, policies, betweenNamespaces: picks.percent(50) }
    return `policies ${policies.map(({ name }) => name).join(', ') || 'none'}, betweenNamespaces ${spec.network.betweenNamespaces}`
  },
  limits (spec, picks) {
    const cpu = `${10 + picks.below(15)}m`
    for (const limit of spec.limits) {
      if (limit.type === 'Container' && limit.defaultRequest !== undefined) limit.defaultRequest['cpu'] = cpu
    }
    return `default request of cpu ${cpu}`
  },
  roles (spec, picks) {
    const { rules } = spec.roles.viewer
    // Metacontroller may grant what the shipped classes grant.
    const names = picks.some(['auditor', 'releaser'], 50)
    const rulesOf = (index: number) => rules.slice(0, 1 + (index + picks.below(3)) % rules.length)
    if (names.length === 0) delete spec.additionalRoles
    else spec.additionalRoles = Object.fromEntries(names.map((name, index) => [name, { rules: rulesOf(index) }]))
    return `additionalRoles ${names.join(', ') || 'none'}`
  }
}

export function editClass (model: Model, picks: Picks): Operation | undefined {
  const found = picks.of([...model.classes.values()])
  if (found === undefined) return undefined
  const [field, edit] = picks.of(Object.entries(edits)) ?? []
  if (edit === undefined) return undefined
  const changed = structuredClone(found)
  const what = edit(changed.spec, picks)
  const { name } = found.metadata
  const next = classOf(name, changed.spec)
  return {
    kind: 'edit class',
    text: `edit ${field} of TenantClass ${name}: ${what}`,
    concerns: [`TenantClass ${name}`],
    actor: 'admin',
    requests: [replaceSpec({ ...classKind, name }, next.spec)],
    expected: ['admitted'],
    change: ({ classes }) => { classes.set(name, next) }
  }
}
