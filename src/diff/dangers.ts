import { ofAnyTenant } from './class-changes.ts'
import { exceededIncrease, type MaxQuotaIncrease } from './max-quota-increase.ts'
import { boundText, limitText, pathText } from './text/effect-text.ts'
import type { ClassChange, Danger, Effects, NamespaceChange, TenantChange } from './report.ts'

type Reason = Pick<Danger, 'kind' | 'reason'>
type Max = MaxQuotaIncrease | undefined

/** Lists each danger once, with the namespaces that it concerns. */
export function dangersOf (tenants: readonly TenantChange[], classes: readonly ClassChange[], max: Max): Danger[] {
  const found = new Map<string, Danger>()
  const add = (reason: Reason, general: Reason, className: string | undefined, namespaces: string[]) => {
    const key = JSON.stringify([general, className])
    const known = found.get(key)
    if (known === undefined) {
      found.set(key, { ...reason, ...(className !== undefined && { class: className }), namespaces })
      return
    }
    // Host names of several Tenants are one danger.
    if (known.reason !== reason.reason) known.reason = general.reason
    known.namespaces.push(...namespaces)
  }
  const byName = new Map(classes.map(tenantClass => [tenantClass.name, tenantClass]))
  // Also of a class without a Tenant here: other folders, and the cluster, may have some.
  for (const { name, ...effects } of classes) for (const reason of reasonsOf(effects, max)) add(reason, reason, name, [])
  for (const { name, namespace } of tenants.flatMap(({ name, namespaces }) => namespaces.map(namespace => ({ name, namespace })))) {
    const ofClass = reasonsOfClass(namespace, byName, name, max)
    for (const { own, general } of reasonsIn(namespace, name, max)) {
      const same = ofClass.find(({ general: other }) => other.kind === general.kind && other.reason === general.reason)
      if (same === undefined) add(own, general, undefined, [namespace.name])
      else add(same.own, same.own, namespace.class.after, [namespace.name])
    }
  }
  return [...found.values()].sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind))
}

/** In the order of the report. */
export const kinds: ReadonlyArray<Danger['kind']> = [
  'namespace-deleted', 'retention-removed', 'network-opened', 'pod-security-loosened', 'bound-loosened', 'quota-raised'
]

/** A reason in the words of its Tenant, and in those of any Tenant. */
interface Worded { own: Reason, general: Reason }

function reasonsOfClass (namespace: NamespaceChange, classes: ReadonlyMap<string, ClassChange>, tenantName: string, max: Max): Worded[] {
  const { before, after = '' } = namespace.class
  const effects = before === after ? classes.get(after) : undefined
  return effects === undefined ? [] : worded(effects, tenantName, max)
}

function reasonsIn (namespace: NamespaceChange, tenantName: string, max: Max): Worded[] {
  const same = (kind: Danger['kind'], reason: string): Worded => ({ own: { kind, reason }, general: { kind, reason } })
  if (namespace.change === 'deleted') return [same('namespace-deleted', 'deletes the namespace with its Tenant, and all data in it')]
  if (namespace.change !== 'changed') return []
  return [
    ...(namespace.deletionPolicy?.after === 'Delete' ? [same('retention-removed', retentionReason)] : []),
    ...worded(namespace, tenantName, max)
  ]
}

const retentionReason = 'changes deletionPolicy from Retain to Delete: a later deletion of the Tenant deletes the namespace with its data'

function worded (effects: Effects, tenantName: string, max: Max): Worded[] {
  const general = reasonsOf({ ...effects, bounds: effects.bounds.map(bound => ofAnyTenant(bound, tenantName)) }, max)
  return reasonsOf(effects, max).map((own, index) => ({ own, general: general[index] ?? own }))
}

function reasonsOf ({ network, bounds, limits, quotas }: Effects, max: Max): Reason[] {
  return [
    ...network.opened.map((path): Reason => ({ kind: 'network-opened', reason: `opens ${pathText(path)}` })),
    ...bounds.filter(({ direction }) => direction === 'loosened').map((bound): Reason => {
      const kind = bound.field.startsWith('podSecurity.') ? 'pod-security-loosened' : 'bound-loosened'
      return { kind, reason: `loosens ${boundText(bound)}` }
    }),
    ...limits.filter(({ direction }) => direction === 'loosened').map((limit): Reason =>
      ({ kind: 'bound-loosened', reason: `loosens ${limitText(limit)}` })),
    ...(max === undefined
      ? []
      : quotas.flatMap((change): Reason[] => {
        const bound = exceededIncrease(change, max)
        const { quota, resource, before, after = 'unlimited' } = change
        const reason = `raises ${resource} of ${quota} from ${before} to ${after}, by more than ${bound}`
        return bound === undefined ? [] : [{ kind: 'quota-raised', reason }]
      }))
  ]
}
