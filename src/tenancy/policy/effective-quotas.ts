import type { Quantity } from '../../api/resource-amounts.ts'
import type { Bound, TenantClass } from '../../api/tenant-class.ts'
import type { Tenant } from '../../api/tenant.ts'
import type { FieldProblem } from './problem.ts'
import { canonicalQuantity, compareQuantities, parseQuantity } from '../../kubernetes/quantity.ts'
import { validateQuotaHard } from '../../kubernetes/quota-resources.ts'

/** Name of the quota, then name of the resource, then the amount in the form that the API server stores. */
export type Quotas = Record<string, Record<string, string>>

/** The quotas of the class with the overrides of the Tenant; each problem says whose field is wrong. */
export function effectiveQuotas (tenant: Tenant, tenantClass: TenantClass): { quotas: Quotas, problems: FieldProblem[] } {
  const problems = [...classProblems(tenantClass), ...overrideProblems(tenant, tenantClass)]
  if (problems.length > 0) return { quotas: {}, problems }
  const overrides = tenant.spec.quotas ?? {}
  const quotas = Object.entries(tenantClass.spec.quotas).sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, hard]) => [name, canonicalAmounts({ ...hard, ...(Object.hasOwn(overrides, name) && overrides[name]) })] as const)
  return { quotas: Object.fromEntries(quotas), problems: [] }
}

/** To be called with amounts that have been found valid. */
function canonicalAmounts (hard: Record<string, Quantity>): Record<string, string> {
  return Object.fromEntries(Object.entries(hard).map(([resource, amount]) => [resource, canonicalQuantity(amount) ?? String(amount)]))
}

function classProblems ({ spec }: TenantClass): FieldProblem[] {
  const reason = 'ClassInvalid'
  return [
    ...amountProblems(spec.quotas, reason),
    ...forEachAmount(spec.overrides?.quotas ?? {}, (quota, resource, bound) => {
      const path = ['spec', 'overrides', 'quotas', quota, resource]
      if (amountIn(spec.quotas, quota, resource) === undefined) return [{ reason, path, message: `the class has no ${resource} in its quota ${quota}: add it under spec.quotas, or remove the bound` }]
      return boundProblems(bound).map(message => ({ reason, path, message }))
    })
  ]
}

function boundProblems ({ min, max }: Bound): string[] {
  const unreadable = [min, max].filter(amount => amount !== undefined && canonicalQuantity(amount) === undefined)
  if (unreadable.length > 0) return unreadable.map(amount => `${amount} is not a quantity: write it like 500m, 2 or 1Gi`)
  return min !== undefined && max !== undefined && isMore(min, max) ? [`min ${min} is more than max ${max}`] : []
}

function overrideProblems (tenant: Tenant, { metadata, spec }: TenantClass): FieldProblem[] {
  const overrides = tenant.spec.quotas ?? {}
  const invalid = amountProblems(overrides, 'SpecInvalid')
  if (invalid.length > 0) return invalid
  return forEachAmount(overrides, (quota, resource, amount) => {
    const refusal = refusedBecause(amount, amountIn(spec.overrides?.quotas ?? {}, quota, resource))
    if (refusal === undefined) return []
    return [{ reason: 'OverrideNotAllowed', path: ['spec', 'quotas', quota, resource], message: `${refusal} by TenantClass ${metadata.name}: ${remedy(quota, resource)}` }]
  })
}

function refusedBecause (amount: Quantity, bound: Bound | undefined): string | undefined {
  if (bound === undefined) return 'is not open to overrides'
  if (bound.max !== undefined && isMore(amount, bound.max)) return `${amount} is more than ${bound.max}, the most that is allowed`
  if (bound.min !== undefined && isMore(bound.min, amount)) return `${amount} is less than ${bound.min}, the least that is allowed`
  return undefined
}

/** To be called with amounts that have been found valid. */
function isMore (a: Quantity, b: Quantity): boolean {
  const [left, right] = [parseQuantity(a), parseQuantity(b)]
  return left !== undefined && right !== undefined && compareQuantities(left, right) > 0
}

function remedy (quota: string, resource: string): string {
  return `change or remove the override, or have the platform team change spec.overrides.quotas.${quota}.${resource} of the class`
}

function amountProblems (quotas: Record<string, Record<string, Quantity>>, reason: FieldProblem['reason']): FieldProblem[] {
  return forEachAmount(quotas, (quota, resource, amount) => {
    const message = validateQuotaHard(resource, amount)
    return message === undefined ? [] : [{ reason, path: ['spec', 'quotas', quota, resource], message }]
  })
}

function forEachAmount<T> (quotas: Record<string, Record<string, T>>, check: (quota: string, resource: string, amount: T) => FieldProblem[]): FieldProblem[] {
  return Object.entries(quotas).flatMap(([quota, amounts]) =>
    Object.entries(amounts).flatMap(([resource, amount]) => check(quota, resource, amount)))
}

/** The entry itself, never what every object has: a quota may be called `constructor`. */
function amountIn<T> (quotas: Record<string, Record<string, T>>, quota: string, resource: string): T | undefined {
  const amounts = Object.hasOwn(quotas, quota) ? quotas[quota] : undefined
  return amounts !== undefined && Object.hasOwn(amounts, resource) ? amounts[resource] : undefined
}
