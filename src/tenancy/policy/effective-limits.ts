import type { Bound } from '../../api/bound.ts'
import type { NamespaceOverrides } from '../../api/namespace-overrides.ts'
import type { Quantity } from '../../api/resource-amounts.ts'
import type { TenantClass } from '../../api/tenant-class.ts'
import { deepFreeze } from '../../kubernetes/json.ts'
import {
  defaultedLimitRangeItem, limitFields, refusedLimit, validateLimitRange, type CanonicalLimitRangeItem, type LimitField, type LimitRangeItem
} from '../../kubernetes/limit-range-items.ts'
import { memoize } from '../../kubernetes/memoize.ts'
import { amountRefusal, boundProblems } from './amount-bounds.ts'
import { overrideNotAllowed } from './override-refusal.ts'
import type { FieldProblem } from './problem.ts'

type Own = Pick<NamespaceOverrides, 'limits'>
type ByType<T> = Partial<Record<LimitRangeItem['type'], Partial<Record<LimitField, Record<string, T>>>>>

interface LimitOf<T> { type: LimitRangeItem['type'], field: LimitField, resource: string, amount: T }

/** Applies the overrides of the Tenant to the limits of its class, with the defaults that the API server fills in. */
export function effectiveLimits (own: Own, tenantClass: TenantClass): CanonicalLimitRangeItem[] {
  return own.limits === undefined ? limitsOfClass(tenantClass) : overriddenItems(own, tenantClass).map(defaultedLimitRangeItem)
}

const limitsOfClass = memoize(({ spec }: TenantClass): CanonicalLimitRangeItem[] => deepFreeze(spec.limits.map(defaultedLimitRangeItem)))

function overriddenItems ({ limits = {} }: Own, { spec }: TenantClass): LimitRangeItem[] {
  return spec.limits.map(item => {
    const own = limits[item.type] ?? {}
    const fields = limitFields.filter(field => own[field] !== undefined)
    return { ...item, ...Object.fromEntries(fields.map(field => [field, { ...item[field], ...own[field] }])) }
  })
}

/** Lists invalid limits and bounds of the class, overrides that it does not allow, and those that do not fit to the other limits. */
export function limitProblems (own: Own, tenantClass: TenantClass): FieldProblem[] {
  const ofClass = classProblems(tenantClass)
  const found = [...ofClass, ...overrideProblems(own, tenantClass)]
  return found.length > 0 ? found : combinationProblems(own, tenantClass)
}

const classProblems = memoize((tenantClass: TenantClass): FieldProblem[] => {
  const { spec } = tenantClass
  const reason = 'ClassInvalid'
  const items = limitsOfClass(tenantClass)
  return [
    ...validateLimitRange(spec.limits).map(({ path, message }): FieldProblem => ({ reason, path: ['spec', ...path], message })),
    ...limitsIn<Bound>(spec.overrides?.limits).flatMap(({ type, field, resource, amount: bound }) => {
      const limited = items.find(item => item.type === type)?.[field] ?? {}
      const missing = 'bounds an amount that the class does not have. ' +
        `Add ${field}.${resource} to the ${type} item of spec.limits, or remove the bound`
      const messages = Object.hasOwn(limited, resource) ? boundProblems(bound) : [missing]
      return messages.map((message): FieldProblem => ({ reason, path: ['spec', 'overrides', 'limits', type, field, resource], message }))
    })
  ]
})

function overrideProblems ({ limits }: Own, { metadata, spec }: TenantClass): FieldProblem[] {
  const overrides = limitsIn<Quantity>(limits)
  const invalid = overrides.flatMap(({ type, field, resource, amount }): FieldProblem[] => {
    const message = refusedLimit(amount)
    return message === undefined ? [] : [{ reason: 'SpecInvalid', path: ['spec', 'limits', type, field, resource], message }]
  })
  if (invalid.length > 0) return invalid
  return overrides.flatMap(({ type, field, resource, amount }) => {
    const bounds: Record<string, Bound> = spec.overrides?.limits?.[type]?.[field] ?? {}
    const bound = Object.hasOwn(bounds, resource) ? bounds[resource] : undefined
    const refusal = amountRefusal(amount, bound, metadata.name)
    const path = ['spec', 'limits', type, field, resource]
    return refusal === undefined ? [] : [overrideNotAllowed(path, refusal, `spec.overrides.limits.${type}.${field}.${resource}`)]
  })
}

/** Each amount is within its bound; the API server also compares them with each other. */
function combinationProblems (own: Own, tenantClass: TenantClass): FieldProblem[] {
  if (own.limits === undefined) return []
  const items = overriddenItems(own, tenantClass)
  return validateLimitRange(items).map(({ path: [, index = 0, ...field], message }): FieldProblem => ({
    reason: 'OverrideNotAllowed',
    path: ['spec', 'limits', items[Number(index)]?.type ?? ''],
    message: `does not fit to the other limits of TenantClass ${tenantClass.metadata.name}: ${field.join('.')}: ${message}`
  }))
}

/** Lists the amounts, or their bounds, of all types and fields. */
export function limitsIn<T> (limits: ByType<T> = {}): Array<LimitOf<T>> {
  return (['Container', 'Pod', 'PersistentVolumeClaim'] as const).flatMap(type => limitFields.flatMap(field =>
    Object.entries(limits[type]?.[field] ?? {}).map(([resource, amount]) => ({ type, field, resource, amount }))))
}
