import type { NamespaceOverrides } from '../../api/namespace-overrides.ts'
import type { Quantity } from '../../api/resource-amounts.ts'
import type { TenantClass } from '../../api/tenant-class.ts'
import { canonicalAmounts, type Amounts } from '../../kubernetes/amounts.ts'
import { compareText } from '../../kubernetes/compare-text.ts'
import { deepFreeze } from '../../kubernetes/json.ts'
import { memoize } from '../../kubernetes/memoize.ts'
import { parseQuantity } from '../../kubernetes/quantity.ts'
import { validateQuotaHard } from '../../kubernetes/quota-resources.ts'
import { amountRefusal, boundProblems } from './amount-bounds.ts'
import { overrideNotAllowed } from './override-refusal.ts'
import type { FieldProblem } from './problem.ts'

/** Name of the quota, then of the resource, then the amount as the API server stores it. */
export type Quotas = Record<string, Amounts>

type Own = Pick<NamespaceOverrides, 'quotas'>

/** Applies the overrides of the Tenant to the quotas of its class. Requires quotas without {@link quotaProblems}. */
export function effectiveQuotas ({ quotas: overrides = {} }: Own, tenantClass: TenantClass): Quotas {
  return Object.fromEntries(Object.entries(quotasOfClass(tenantClass)).map(([name, hard]) =>
    [name, Object.hasOwn(overrides, name) ? { ...hard, ...canonicalAmounts(overrides[name]) } : hard]))
}

const quotasOfClass = memoize(({ spec }: TenantClass): Quotas =>
  deepFreeze(Object.fromEntries(Object.entries(spec.quotas).sort(([a], [b]) => compareText(a, b))
    .map(([name, hard]) => [name, canonicalAmounts(hard)]))))

/** True where a quota of the Tenant is zero. */
export function allowsNone (quotas: Quotas, resource: string): boolean {
  return Object.keys(quotas).some(quota => parseQuantity(amountIn(quotas, quota, resource) ?? '')?.milli === 0n)
}

/** Lists invalid amounts and bounds of the class, and overrides that it does not allow. */
export function quotaProblems (own: Own, tenantClass: TenantClass): FieldProblem[] {
  return [...classProblems(tenantClass), ...overrideProblems(own, tenantClass)]
}

const classProblems = memoize(({ spec }: TenantClass): FieldProblem[] => {
  const reason = 'ClassInvalid'
  return [
    ...amountProblems(spec.quotas, reason),
    ...entriesOf(spec.overrides?.quotas ?? {}).flatMap(({ quota, resource, amount: bound }) => {
      const messages = amountIn(spec.quotas, quota, resource) === undefined
        ? [`bounds a resource that quota ${quota} does not have. Add ${resource} under spec.quotas.${quota}, or remove the bound`]
        : boundProblems(bound)
      return messages.map((message): FieldProblem => ({ reason, path: ['spec', 'overrides', 'quotas', quota, resource], message }))
    })
  ]
})

function overrideProblems ({ quotas: overrides = {} }: Own, { metadata, spec }: TenantClass): FieldProblem[] {
  const invalid = amountProblems(overrides, 'SpecInvalid')
  if (invalid.length > 0) return invalid
  return entriesOf(overrides).flatMap(({ quota, resource, amount }): FieldProblem[] => {
    const refusal = amountRefusal(amount, amountIn(spec.overrides?.quotas ?? {}, quota, resource), metadata.name)
    const path = ['spec', 'quotas', quota, resource]
    return refusal === undefined ? [] : [overrideNotAllowed(path, refusal, `spec.overrides.quotas.${quota}.${resource}`)]
  })
}

function amountProblems (quotas: Record<string, Amounts<Quantity>>, reason: FieldProblem['reason']): FieldProblem[] {
  return entriesOf(quotas).flatMap(({ quota, resource, amount }) => {
    const message = validateQuotaHard(resource, amount)
    return message === undefined ? [] : [{ reason, path: ['spec', 'quotas', quota, resource], message }]
  })
}

/** Lists the amounts of all quotas. */
export function entriesOf<T> (quotas: Record<string, Record<string, T>>): Array<{ quota: string, resource: string, amount: T }> {
  return Object.entries(quotas).flatMap(([quota, amounts]) =>
    Object.entries(amounts).map(([resource, amount]) => ({ quota, resource, amount })))
}

/** The entry itself, never an inherited one: a quota may be called `constructor`. */
export function amountIn<T> (quotas: Record<string, Record<string, T>>, quota: string, resource: string): T | undefined {
  const amounts = Object.hasOwn(quotas, quota) ? quotas[quota] : undefined
  return amounts !== undefined && Object.hasOwn(amounts, resource) ? amounts[resource] : undefined
}
