import type { DryRunAnswer } from '../../kubernetes/api-request.ts'
import { compareQuantities, formatQuantity, parseQuantity, type Quantity } from '../../kubernetes/quantity.ts'
import { countedResource } from '../../kubernetes/quota-resources.ts'
import { differencesBetween, fieldsAt, listAt, textAt, type Fields } from '../../kubernetes/json.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import { reasonOf, sortOf, type Sort } from '../answer.ts'
import { few } from '../../check/finding.ts'
import { failed, passed, skipped, undecided, warning, type Family, type Result } from '../check.ts'
import type { Context } from '../context.ts'
import { creation } from '../creation.ts'
import { subjectName } from '../../kubernetes/binding-subjects.ts'
import type { Member } from '../members.ts'
import { judgeBasePods, judgePod } from '../pods/base-pod.ts'
import { createPod, withContainer, withSpec } from '../pods/pod-trial.ts'
import { resources } from '../../kubernetes/resources.ts'
import { whyUnknown } from '../escalation/attempts.ts'

async function quotasOf ({ api, target }: Context): Promise<ObservedObject[]> {
  return await api.list(resources.quotas, { namespace: target.name })
}

/** The amounts of all quotas without scopes, by the one name of each resource; the lowest counts. */
function hardOf (quotas: readonly ObservedObject[]): Map<string, string> {
  const hard = new Map<string, string>()
  for (const quota of quotas) {
    const spec = fieldsAt(quota, 'spec')
    if (spec['scopes'] !== undefined || spec['scopeSelector'] !== undefined) continue
    for (const name of Object.keys(fieldsAt(spec, 'hard'))) {
      const amount = textAt(fieldsAt(spec, 'hard'), name)
      const known = hard.get(countedResource(name))
      hard.set(countedResource(name), known === undefined ? amount : lower(known, amount))
    }
  }
  return hard
}

function lower (a: string, b: string): string {
  const [first, second] = [parseQuantity(a), parseQuantity(b)]
  return first !== undefined && second !== undefined && compareQuantities(second, first) < 0 ? b : a
}

async function judgeBounded (context: Context, wanted: readonly string[]): Promise<Result> {
  const hard = hardOf(await quotasOf(context))
  const missing = wanted.filter(name => !hard.has(name))
  if (missing.length > 0) return failed(`no quota bounds ${few(missing, 6)}`)
  return passed(wanted.map(name => `${name} ${hard.get(name) ?? ''}`).join(', '))
}

/** The quota controller copies spec.hard to status.hard, by which the API server decides. */
async function judgeInForce (context: Context): Promise<Result> {
  const quotas = await quotasOf(context)
  if (quotas.length === 0) return skipped('the namespace has no ResourceQuota. See compute-quota')
  const different = quotas.flatMap(quota => {
    const status = fieldsAt(quota, 'status')
    const differences = differencesBetween(fieldsAt(status, 'hard'), fieldsAt(fieldsAt(quota, 'spec'), 'hard'))
    return differences.length === 0 ? [] : [`ResourceQuota ${quota.metadata.name} in ${few(differences.map(({ path }) => path.join('.')))}`]
  })
  if (different.length > 0) return failed(`status.hard is not spec.hard: ${few(different)}`)
  return passed(`${quotas.length} ResourceQuotas are in force as declared`)
}

/** Containers of the pod that exceeds a quota. */
const maxContainers = 16

type Amounts = Record<string, string>

function containerLimits (ranges: readonly ObservedObject[]): Fields[] {
  return ranges.flatMap(range => listAt(fieldsAt(range, 'spec'), 'limits').filter(({ type }) => type === 'Container'))
}

/** The lowest maximum of a container, if any. */
function maximumOf (limits: readonly Fields[], resource: string): Quantity | undefined {
  const all = limits.flatMap(limit => parseQuantity(textAt(fieldsAt(limit, 'max'), resource) || 'none') ?? [])
  return all.sort((a, b) => compareQuantities(a, b))[0]
}

/** Requests of one resource for some containers that together exceed an amount, within the maximum of each. */
export function exceeding (hard: Quantity, max: Quantity | undefined, maxCount = maxContainers): string[] | undefined {
  const above = hard.milli + 1000n
  const each = max === undefined || max.milli >= above ? above : max.milli
  if (each <= 0n) return undefined
  const count = Number((above + each - 1n) / each)
  const amount = formatQuantity({ milli: each, format: hard.format })
  return count > maxCount ? undefined : Array.from({ length: count }, () => amount)
}

/** A pod above the quota of its namespace, within the bounds of its LimitRange. */
async function judgeEnforced (context: Context): Promise<Result> {
  const hard = hardOf(await quotasOf(context))
  const ranges = await context.api.list(resources.limitRanges, { namespace: context.target.name })
  const limits = containerLimits(ranges)
  const maxCount = Math.min(maxContainers, (await context.workloads())?.pods.maxContainers ?? maxContainers)
  for (const [counted, resource] of [['requests.cpu', 'cpu'], ['requests.memory', 'memory']] as const) {
    const amount = parseQuantity(hard.get(counted) ?? 'none')
    const amounts = amount && exceeding(amount, maximumOf(limits, resource), maxCount)
    if (amounts === undefined) continue
    return await judgePod(context, {
      what: `${resource} above the quota of ${hard.get(counted) ?? ''}`,
      expected: ['quota'],
      change: pod => withSpec(pod, {
        containers: amounts.map((value, index) => ({
          ...pod.spec.containers[0], name: `app-${index}`, resources: { requests: { [resource]: value }, limits: { [resource]: value } }
        }))
      })
    })
  }
  return await judgeClaim(context, hard)
}

/** Where no pod can exceed the quota because a LimitRange bounds each: a volume claim. */
async function judgeClaim (context: Context, hard: ReadonlyMap<string, string>): Promise<Result> {
  const amount = parseQuantity(hard.get('requests.storage') ?? 'none')
  if (amount === undefined) return skipped('no quota on cpu, memory or storage can be exceeded by one object')
  const { name: namespace } = context.target
  const storage = formatQuantity({ milli: amount.milli + 1000n, format: amount.format })
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } }
  return await judgeBasePods(context, async ({ member }) => {
    const answer = await context.api.dryRun(member.identity, creation(resources.claims, namespace, { spec }))
    return judgeAnswer(answer, 'quota', member, `a claim of ${storage} of storage, above the quota`)
  })
}

/** Passes where the API server refuses an object for the expected reason. */
function judgeAnswer (answer: DryRunAnswer, expected: Sort, { subject }: Member, what: string): Result {
  const sort = sortOf(answer)
  if (sort === 'admitted') return failed(`${subjectName(subject)} may create ${what}`)
  return sort === expected ? passed(`${what} is refused: ${reasonOf(answer)}`) : undecided(`${what}: ${whyUnknown(answer)}`)
}

async function judgeLimitRange (context: Context): Promise<Result> {
  const ranges = await context.api.list(resources.limitRanges, { namespace: context.target.name })
  const limits = containerLimits(ranges)
  const missing = ['cpu', 'memory'].flatMap(resource => [
    ...(limits.some(limit => fieldsAt(limit, 'defaultRequest')[resource] !== undefined) ? [] : [`a default request of ${resource}`]),
    ...(limits.some(limit => fieldsAt(limit, 'default')[resource] !== undefined) ? [] : [`a default limit of ${resource}`])
  ])
  if (missing.length > 0) return warning(`no LimitRange sets ${few(missing, 4)}`)
  return passed(`${few(ranges.map(({ metadata }) => `LimitRange ${metadata.name}`))} fills in requests and limits`)
}

/** In the pod as it would be stored, and for a container above the maximum. */
async function judgeLimitsEnforced (context: Context): Promise<Result> {
  const limits = containerLimits(await context.api.list(resources.limitRanges, { namespace: context.target.name }))
  const resource = (['memory', 'cpu'] as const).find(name => maximumOf(limits, name) !== undefined)
  const max = resource && maximumOf(limits, resource)
  if (resource === undefined || max === undefined) return skipped('no LimitRange bounds containers')
  const amount = formatQuantity({ milli: max.milli * 2n, format: max.format })
  const requests: Amounts = { [resource]: '1' }
  const what = `a container with a limit of ${amount} ${resource}`
  return await judgeBasePods(context, async ({ member, pod }) => {
    const answer = await createPod(context, member, withContainer(pod, { resources: { requests, limits: { [resource]: amount } } }))
    return judgeAnswer(answer, 'limits', member, `${what}, above the maximum`)
  })
}

const quotaRemedy = 'Add it to spec.quotas of the TenantClass; in a namespace without a Tenant, create a ResourceQuota.'

export const quotas: Family = {
  id: 'quotas',
  title: 'Quotas and limits',
  checks: [
    {
      id: 'compute-quota',
      level: 1,
      title: 'Quotas bound cpu, memory and pods',
      why: 'Without them, one team takes the nodes of all.',
      remedy: quotaRemedy,
      benchmarks: ['MTB-PL1-CC-FNS-1'],
      judge: async context => await judgeBounded(context, ['requests.cpu', 'requests.memory', 'pods'])
    },
    {
      id: 'object-quota',
      level: 1,
      title: 'Quotas bound the number of objects',
      why: 'Each object takes memory of the API server and of etcd, which all teams share.',
      remedy: quotaRemedy,
      benchmarks: ['MTB-PL1-CC-FNS-2'],
      judge: async context =>
        await judgeBounded(context, ['configmaps', 'secrets', 'services', 'services.nodeports', 'services.loadbalancers'])
    },
    {
      id: 'storage-quota',
      level: 1,
      title: 'Quotas bound storage',
      why: 'Volumes cost money, and ephemeral storage fills nodes.',
      remedy: quotaRemedy,
      benchmarks: ['MTB-PL1-CC-FNS-1'],
      judge: async context => await judgeBounded(context, ['requests.storage', 'persistentvolumeclaims'])
    },
    {
      id: 'quota-in-force',
      level: 1,
      title: 'Quotas are in force as declared',
      why: 'The API server decides by status.hard, which the quota controller copies from spec.hard.',
      remedy: 'Look at the log of the kube-controller-manager: its resourcequota controller corrects the status within minutes.',
      judge: judgeInForce
    },
    {
      id: 'quota-enforced',
      level: 1,
      title: 'A pod above the quota is refused',
      why: 'Quotas have an effect only with the admission plugin ResourceQuota.',
      remedy: 'Enable the admission plugin ResourceQuota of the API server, and see quota-in-force.',
      benchmarks: ['MTB-PL1-CC-FNS-1'],
      judge: judgeEnforced
    },
    {
      id: 'limit-range',
      level: 2,
      title: 'A LimitRange fills in requests and limits',
      why: 'A container without limits takes all memory of its node, and a quota refuses pods without requests.',
      remedy: 'Set spec.limits of the TenantClass; in a namespace without a Tenant, create a LimitRange.',
      judge: judgeLimitRange
    },
    {
      id: 'limit-range-enforced',
      level: 2,
      title: 'A container above the maximum is refused',
      why: 'One container should not take the quota of its team, or a node.',
      remedy: 'Enable the admission plugin LimitRanger of the API server.',
      judge: judgeLimitsEnforced
    }
  ]
}
