import { exceededIncrease, type MaxQuotaIncrease } from './max-quota-increase.ts'
import { boundText, pathText } from './text/effect-text.ts'
import type { ClassChange, Danger, Effects, NamespaceChange, TenantChange } from './report.ts'

type Reason = Pick<Danger, 'kind' | 'reason'>

/** Lists each danger once, with the namespaces that it concerns. */
export function dangersOf (
  tenants: readonly TenantChange[], classes: readonly ClassChange[], max: MaxQuotaIncrease | undefined
): Danger[] {
  const found = new Map<string, Danger>()
  const add = (reason: Reason, className: string | undefined, namespace?: string) => {
    const key = JSON.stringify([reason, className])
    const danger = found.get(key) ?? { ...reason, ...(className !== undefined && { class: className }), namespaces: [] }
    if (namespace !== undefined) danger.namespaces.push(namespace)
    found.set(key, danger)
  }
  // Also of a class without a Tenant here: other folders, and the cluster, may have some.
  const ofClasses = new Map(classes.map(tenantClass => [tenantClass.name, reasonsOf(tenantClass, max)]))
  for (const [name, reasons] of ofClasses) for (const reason of reasons) add(reason, name)
  for (const namespace of tenants.flatMap(({ namespaces }) => namespaces)) {
    const { before, after = '' } = namespace.class
    const ofClass = before === after ? ofClasses.get(after) ?? [] : []
    for (const reason of reasonsIn(namespace, max)) add(reason, ofClass.some(isSame(reason)) ? after : undefined, namespace.name)
  }
  return [...found.values()].sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind))
}

const isSame = (reason: Reason) => (other: Reason): boolean => other.kind === reason.kind && other.reason === reason.reason

const kinds: ReadonlyArray<Danger['kind']> = [
  'namespace-deleted', 'network-opened', 'pod-security-loosened', 'bound-loosened', 'quota-raised'
]

function reasonsIn (namespace: NamespaceChange, max: MaxQuotaIncrease | undefined): Reason[] {
  if (namespace.change === 'deleted') {
    return [{ kind: 'namespace-deleted', reason: 'deletes the namespace with its Tenant, and all data in it' }]
  }
  return namespace.change === 'changed' ? reasonsOf(namespace, max) : []
}

function reasonsOf ({ network, bounds, quotas }: Effects, max: MaxQuotaIncrease | undefined): Reason[] {
  return [
    ...network.opened.map((path): Reason => ({ kind: 'network-opened', reason: `opens ${pathText(path)}` })),
    ...bounds.filter(({ direction }) => direction === 'loosened').map((bound): Reason => {
      const kind = bound.field.startsWith('podSecurity.') ? 'pod-security-loosened' : 'bound-loosened'
      return { kind, reason: `loosens ${boundText(bound)}` }
    }),
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
