import type { NamespaceOverrides } from '../../api/namespace-overrides.ts'
import type { Quantity } from '../../api/resource-amounts.ts'
import type { TenantClass, TenantClassSpec } from '../../api/tenant-class.ts'
import type { Violation } from '../../api/validation/checker.ts'
import { defaultedLimitRangeItem, type CanonicalLimitRangeItem } from '../../kubernetes/limit-range-items.ts'
import { formatQuantity, parseQuantity, type Quantity as ParsedQuantity } from '../../kubernetes/quantity.ts'
import { isRequired, quotaRelations, type QuotaRelation } from '../../kubernetes/quota-relations.ts'
import { countedResource } from '../../kubernetes/quota-resources.ts'
import { effectiveLimits, limitsIn } from './effective-limits.ts'
import { amountIn, effectiveQuotas, entriesOf } from './effective-quotas.ts'

/** Amounts that are valid and cannot be used together: a warning, because the API server takes them. */
export interface Inconsistency extends Violation {
  /** The stable name of the rule, and its heading in docs/classes.md. */
  rule: string
}

/** An amount of a quota or of an item of the LimitRange. */
interface Amount {
  name: string
  /** The name that all spellings of a resource share. */
  counted: string
  milli: bigint
  format: ParsedQuantity['format']
  path: Array<string | number>
}

/** Checks a valid class: without overrides, and with all of them at their maximum. */
export function classInconsistencies ({ spec }: TenantClass): Inconsistency[] {
  const items = spec.limits.map(defaultedLimitRangeItem)
  const quotas = quotaAmounts(spec.quotas)
  const highest = quotas.flatMap(amount => highestOverride(amount, spec))
  const limits = items.flatMap(limitAmounts)
  /** One object may use all of a quota that is not overridden. Where it may not, several objects are meant. */
  const isMeant = ({ limited, by, rule }: Conflict) => rule === 'override-beyond-max' &&
    quotas.some(({ name, milli }) => name === limited.name && milli > by.milli)
  return [
    ...conflicts(quotas, items),
    ...conflicts([...highest, ...limits], items).filter(found => !quotas.includes(found.limited) && !isMeant(found)),
    ...quotas.flatMap(amount => missingDefault(amount, items)),
    ...[...new Set([...quotas, ...highest])].flatMap(amount => refusedServices(amount, spec)),
    ...items.flatMap((item, index) => refusedDefaults(item, index, items))
  ].map(({ rule, path, message }) => ({ rule, path, message }))
}

/** Checks the overrides of a valid Tenant under its class. What is wrong without them is reported for the class. */
export function tenantInconsistencies ({ spec }: { spec: Own }, tenantClass: TenantClass): Inconsistency[] {
  const overridden = [...quotaAmounts(spec.quotas ?? {}), ...overriddenLimits(spec)]
  const known = new Set(spec.limits === undefined ? [] : amountsBelow({}, tenantClass).map(nameOf))
  /** Default requests and ratios of an item decide too, and are no amounts that one compares. */
  const byLimits = (found: Conflict) => spec.limits === undefined || known.has(nameOf(found)) ? [] : [{ path: ['spec', 'limits'] }]
  return [
    ...amountsBelow(spec, tenantClass).flatMap(found => {
      const { rule, message, limited, by } = found
      const paths = [limited, by].flatMap(({ name }) => overridden.filter(amount => amount.name === name))
      return [...paths, ...byLimits(found)].slice(0, 1).map(({ path }) => ({ rule, path, message }))
    }),
    ...defaultsRefusedBy(spec, tenantClass)
  ]
}

type Own = Pick<NamespaceOverrides, 'quotas' | 'limits'>

const nameOf = ({ rule, limited, by }: Conflict): string => `${rule} ${limited.name} ${by.name}`

/** One object need not use all of a quota, and a small quota is meant for small objects. */
function amountsBelow (own: Own, tenantClass: TenantClass): Conflict[] {
  const items = effectiveLimits(own, tenantClass)
  const amounts = [...quotaAmounts(effectiveQuotas(own, tenantClass)), ...items.flatMap(limitAmounts)]
  const isMeant = ({ rule, limited }: Conflict) => rule === 'override-beyond-max' ||
    (rule === 'limit-beyond-quota' && !overriddenLimits(own).some(({ name }) => name === limited.name))
  return conflicts(amounts, items).filter(found => !isMeant(found))
}

function overriddenLimits ({ limits }: Own): Amount[] {
  return limitsIn<Quantity>(limits).flatMap(({ type, field, resource, amount }) =>
    amountOf(amount, `${field}.${resource} of ${type}`, `${type}.${field}.${resource}`, ['spec', 'limits', type, field, resource]))
}

/** Those that the class would admit. */
function defaultsRefusedBy (own: Own, tenantClass: TenantClass): Inconsistency[] {
  const [items, ofClass] = [effectiveLimits(own, tenantClass), effectiveLimits({}, tenantClass)]
  const refusedIn = (all: readonly CanonicalLimitRangeItem[]) => all.flatMap((item, index) => refusedDefaults(item, index, all))
    .map(({ path: [, , index = 0, ...below], rule, message }) =>
      ({ rule, message, path: ['spec', 'limits', all[Number(index)]?.type ?? '', ...below] }))
  const known = refusedIn(ofClass).map(({ path }) => path.join(' '))
  return refusedIn(items).filter(({ path }) => !known.includes(path.join(' ')))
}

function quotaAmounts (quotas: TenantClassSpec['quotas']): Amount[] {
  return entriesOf(quotas).flatMap(({ quota, resource, amount }) =>
    amountOf(amount, `${resource} of ${quota}`, countedResource(resource), ['spec', 'quotas', quota, resource]))
}

function limitAmounts (item: CanonicalLimitRangeItem, index: number): Amount[] {
  const { type } = item
  return (['min', 'max', 'default'] as const).flatMap(field => Object.entries(item[field] ?? {}).flatMap(([resource, amount]) =>
    amountOf(amount, `${field}.${resource} of ${type}`, `${type}.${field}.${resource}`, ['spec', 'limits', index, field, resource])))
}

function amountOf (amount: string | number, name: string, counted: string, path: Amount['path']): Amount[] {
  const quantity = parseQuantity(amount)
  return quantity === undefined ? [] : [{ name, counted, milli: quantity.milli, format: quantity.format, path }]
}

/** The amount itself where no override exceeds it, and none where overrides have no maximum. */
function highestOverride (amount: Amount, { overrides }: TenantClassSpec): Amount[] {
  const [, , quota = '', resource = ''] = amount.path.map(String)
  const bound = amountIn(overrides?.quotas ?? {}, quota, resource)
  if (bound === undefined) return [amount]
  const path = ['spec', 'overrides', 'quotas', quota, resource, 'max']
  return amountOf(bound.max ?? '', amount.name, amount.counted, path).map(highest => highest.milli > amount.milli ? highest : amount)
}

interface Conflict extends Inconsistency { limited: Amount, by: Amount }

function conflicts (amounts: readonly Amount[], items: readonly CanonicalLimitRangeItem[]): Conflict[] {
  const smallest = new Map<string, Amount>()
  for (const amount of amounts) {
    const other = smallest.get(amount.counted)
    if (other === undefined || amount.milli < other.milli) smallest.set(amount.counted, amount)
  }
  return quotaRelations([...smallest.keys()], items).flatMap(relation => {
    const by = smallest.get(relation.by)
    const limited = amounts.filter(({ counted }) => counted === relation.limited)
    return by === undefined ? [] : limited.flatMap(amount => conflict(amount, by, relation))
  })
}

function conflict (limited: Amount, by: Amount, { rule, because, ...relation }: QuotaRelation): Conflict[] {
  const [cost, yields] = [milliOf(relation.each ?? '1'), milliOf(relation.factor ?? '1')]
  const [needed, available] = [limited.milli * cost, by.milli * yields]
  // Zero forbids on purpose. Only a zero of Services or node ports does not say that load balancers are forbidden.
  const isForbidden = yields === 0n || (by.milli <= 0n && !limited.counted.startsWith('services.'))
  if (needed <= available || isForbidden) return []
  const reach = print({ ...limited, milli: available / cost })
  const enough = print({ ...by, milli: (needed + yields - 1n) / yields }, 999n)
  const scope = relation.scope === undefined ? '' : ` ${relation.scope}`
  const message = `only ${reach} of ${print(limited)} can be used${scope}: ${because}, and ${by.name} is at most ${print(by)}. ` +
    `Raise ${by.name} to ${enough}, or lower ${limited.name} to ${reach}`
  return [{ rule, path: limited.path, message, limited, by }]
}

const milliOf = (amount: string): bigint => parseQuantity(amount)?.milli ?? 0n

/** Prints an amount in its format, and counts as whole numbers. */
function print ({ counted, milli, format }: Amount, roundUp = 0n): string {
  const isCount = !/(^|\.)(requests|limits|min|max|default)\.|\/requests\.storage$/.test(counted)
  return formatQuantity({ format, milli: isCount ? (milli + roundUp) / 1000n * 1000n : milli })
}

function missingDefault ({ name, counted, milli, path }: Amount, items: readonly CanonicalLimitRangeItem[]): Inconsistency[] {
  const [, kind, resource = ''] = /^(request|limit)s\.(.+)$/.exec(counted) ?? []
  const field = kind === 'request' ? 'defaultRequest' : 'default'
  const isSet = items.some(item => item.type === 'Container' && item[field]?.[resource] !== undefined)
  if (kind === undefined || !isRequired(resource) || isSet || milli === 0n) return []
  const message = `${name} refuses each container without a ${resource} ${kind}, and the class has no default. ` +
    `Add ${field}.${resource} to the Container item of spec.limits`
  return [{ rule: 'quota-without-default', path, message }]
}

/** The types of the Services that a quota counts. */
const serviceTypes: ReadonlyMap<string, Array<TenantClassSpec['workloads']['services']['types'][number]>> = new Map([
  ['services', ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']],
  ['services.nodeports', ['NodePort', 'LoadBalancer']],
  ['services.loadbalancers', ['LoadBalancer']]
])

function refusedServices ({ name, counted, milli, path }: Amount, { workloads }: TenantClassSpec): Inconsistency[] {
  const { types } = workloads.services
  const needed = serviceTypes.get(counted)
  if (needed === undefined || milli === 0n || needed.some(type => types.includes(type))) return []
  const message = `spec.workloads.services.types has none of ${needed.join(', ')}. Add one, or set ${name} to 0`
  return [{ rule: 'quota-beyond-service-types', path, message }]
}

/** A pod of one container has its default requests and limits, and may be refused by them. */
function refusedDefaults (item: CanonicalLimitRangeItem, index: number, items: readonly CanonicalLimitRangeItem[]): Inconsistency[] {
  if (item.type === 'PersistentVolumeClaim') return []
  const container = items.find(({ type }) => type === 'Container')
  const read = (amount: string | undefined) => amount === undefined ? undefined : milliOf(amount)
  return (['min', 'max', 'maxLimitRequestRatio'] as const).flatMap(field => Object.entries(item[field] ?? {})
    .filter(([name, bound]) => !admits[field](milliOf(bound), read(container?.defaultRequest?.[name]), read(container?.default?.[name])))
    .map(([name, bound]) => ({
      rule: 'default-pod-refused',
      path: ['spec', 'limits', index, field, name],
      message: `${bound} refuses pods that set no ${name}. Change it, or default and defaultRequest of the Container item`
    })))
}

type Admits = (bound: bigint, request: bigint | undefined, limit: bigint | undefined) => boolean

/** As LimitRange admission. Source: https://kubernetes.io/docs/concepts/policy/limit-range/ */
const admits: Record<'min' | 'max' | 'maxLimitRequestRatio', Admits> = {
  min: (bound, request, limit) => request !== undefined && request >= bound && (limit === undefined || limit >= bound),
  max: (bound, request, limit) => limit !== undefined && limit <= bound && (request === undefined || request <= bound),
  maxLimitRequestRatio: (bound, request = 0n, limit = 0n) => request > 0n && limit > 0n && limit * 1000n <= bound * request
}
