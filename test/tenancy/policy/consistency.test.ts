import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Bound } from '../../../src/api/bound.ts'
import type { LimitItem } from '../../../src/api/limits.ts'
import type { TenantClass, TenantClassSpec } from '../../../src/api/tenant-class.ts'
import type { TenantSpec } from '../../../src/api/tenant.ts'
import { formatPath } from '../../../src/api/validation/checker.ts'
import type { Workloads } from '../../../src/api/workloads.ts'
import { validateLimitRange } from '../../../src/kubernetes/limit-range-items.ts'
import { classInconsistencies, tenantInconsistencies } from '../../../src/tenancy/policy/consistency.ts'
import { repositoryPath } from '../../cluster/paths.ts'
import { defaultClass, tenant } from '../../support/objects.ts'

type Quotas = TenantClassSpec['quotas']
interface Numbers { quotas: Quotas, limits?: LimitItem[], bounds?: Record<string, Record<string, Bound>>, types?: string[] }

const { spec: shipped, ...rest } = defaultClass()
const allTypes = ['ClusterIP', 'NodePort', 'LoadBalancer']
const small = { cpu: '100m', memory: '64Mi' }

function classOf ({ quotas, limits = [container({ default: small })], bounds = {}, types = allTypes }: Numbers): TenantClass {
  const services = { types: types as Workloads['services']['types'], externalIPs: [], allowChosenClusterIPs: false }
  return { ...rest, spec: { ...shipped, quotas, limits, overrides: { quotas: bounds }, workloads: { ...shipped.workloads, services } } }
}
const short = ({ rule, path }: { rule: string, path: ReadonlyArray<string | number> }) => `${rule} ${formatPath(path)}`
const found = (numbers: Numbers) => classInconsistencies(classOf(numbers)).map(short)

const container = (fields: Omit<LimitItem, 'type'>): LimitItem => ({ type: 'Container', ...fields })
const pod = (fields: Omit<LimitItem, 'type'>): LimitItem => ({ type: 'Pod', ...fields })
const claim = (fields: Omit<LimitItem, 'type'>): LimitItem => ({ type: 'PersistentVolumeClaim', ...fields })

describe('classInconsistencies', () => {
  const cases: Array<[string, Numbers, Numbers, string[]]> = [
    [
      'pods whose default requests do not fit',
      { quotas: { a: { cpu: '1', pods: 10 } } },
      { quotas: { a: { cpu: '1', pods: 11 } } },
      ['pods-beyond-requests spec.quotas.a.pods']
    ],
    [
      'pods whose default requests do not fit, by another spelling in another quota',
      { quotas: { a: { pods: 16 }, b: { 'requests.memory': '1Gi' } } },
      { quotas: { a: { pods: 16 }, b: { 'requests.memory': '1023Mi' } } },
      ['pods-beyond-requests spec.quotas.a.pods']
    ],
    [
      'pods whose default limits do not fit',
      { quotas: { a: { 'limits.cpu': '1', pods: 10 } } },
      { quotas: { a: { 'limits.cpu': '999m', pods: 10 } } },
      ['pods-beyond-limits spec.quotas.a.pods']
    ],
    [
      'pods whose default ephemeral storage does not fit',
      { quotas: { a: { 'ephemeral-storage': '4Gi', pods: 32 } }, limits: [container({ defaultRequest: { 'ephemeral-storage': '128Mi' } })] },
      { quotas: { a: { 'ephemeral-storage': '4Gi', pods: 33 } }, limits: [container({ defaultRequest: { 'ephemeral-storage': '128Mi' } })] },
      ['pods-beyond-requests spec.quotas.a.pods']
    ],
    [
      'pods whose default extended resources do not fit',
      { quotas: { a: { 'requests.nvidia.com/gpu': 4, pods: 4 } }, limits: [container({ default: { 'nvidia.com/gpu': 1 } })] },
      { quotas: { a: { 'requests.nvidia.com/gpu': 4, pods: 5 } }, limits: [container({ default: { 'nvidia.com/gpu': 1 } })] },
      ['pods-beyond-requests spec.quotas.a.pods']
    ],
    [
      'pods with the default requests that the API server takes from max',
      { quotas: { a: { cpu: '4', pods: 4 } }, limits: [container({ max: { cpu: '1' } })] },
      { quotas: { a: { cpu: '4', pods: 5 } }, limits: [container({ max: { cpu: '1' } })] },
      ['pods-beyond-requests spec.quotas.a.pods']
    ],
    [
      'containers that a quota refuses because there is no default',
      { quotas: { a: { cpu: '1', 'requests.ephemeral-storage': '1Gi' } }, limits: [container({ default: { cpu: '1' } })] },
      { quotas: { a: { cpu: '1', 'limits.memory': '1Gi' } }, limits: [claim({ max: { storage: '1Gi' } })] },
      ['quota-without-default spec.quotas.a.cpu', 'quota-without-default spec.quotas.a.limits.memory']
    ],
    [
      'default pods below the minimum of a pod',
      { quotas: {}, limits: [container({ defaultRequest: small }), pod({ min: { cpu: '100m' } })] },
      { quotas: {}, limits: [container({ defaultRequest: small }), pod({ min: { cpu: '101m' } })] },
      ['default-pod-refused spec.limits[1].min.cpu']
    ],
    [
      'default pods above the maximum of a pod, or without a limit',
      { quotas: {}, limits: [container({ default: small }), pod({ max: small })] },
      { quotas: {}, limits: [container({ default: { cpu: '101m' } }), pod({ max: small })] },
      ['default-pod-refused spec.limits[1].max.cpu', 'default-pod-refused spec.limits[1].max.memory']
    ],
    [
      'default pods above the ratio of limit to request',
      { quotas: {}, limits: [container({ defaultRequest: { cpu: '50m' }, default: { cpu: '100m' }, maxLimitRequestRatio: { cpu: 2 } })] },
      { quotas: {}, limits: [container({ defaultRequest: { cpu: '49m' }, default: { cpu: '100m' }, maxLimitRequestRatio: { cpu: 2 } })] },
      ['default-pod-refused spec.limits[0].maxLimitRequestRatio.cpu']
    ],
    [
      'a default limit below the maximum',
      { quotas: {}, limits: [container({ default: { cpu: '1' }, max: { cpu: '1000m' } })] },
      { quotas: {}, limits: [container({ default: { cpu: '1' }, max: { cpu: '2' } })] },
      ['default-below-max spec.limits[0].max.cpu']
    ],
    [
      'a container above the maximum of its pod',
      { quotas: {}, limits: [container({ max: { cpu: '1' } }), pod({ max: { cpu: '1' } })] },
      { quotas: {}, limits: [container({ default: { cpu: '1' }, max: { cpu: '2' } }), pod({ max: { cpu: '1' } })] },
      ['limit-beyond-pod spec.limits[0].max.cpu', 'default-below-max spec.limits[0].max.cpu']
    ],
    [
      'objects above a quota, unless an override reaches them',
      { quotas: { a: { 'limits.cpu': '1' } }, limits: [container({ max: { cpu: '2' } })], bounds: { a: { 'limits.cpu': { max: '2' } } } },
      { quotas: { a: { 'limits.cpu': '1' }, b: { 'requests.storage': '1Gi' } }, limits: [container({ max: { cpu: '2' } }), claim({ max: { storage: '2Gi' } })] },
      ['limit-beyond-quota spec.limits[0].max.cpu', 'limit-beyond-quota spec.limits[1].max.storage']
    ],
    [
      'requests and limits above what pods can have',
      { quotas: { a: { cpu: '10', 'limits.cpu': '10', pods: 5 } }, limits: [container({ default: small }), pod({ max: { cpu: '2' } })] },
      { quotas: { a: { cpu: '11', 'limits.cpu': '11', pods: 5 } }, limits: [container({ default: small }), pod({ max: { cpu: '2' } })] },
      ['requests-beyond-pods spec.quotas.a.cpu', 'limits-beyond-pods spec.quotas.a.limits.cpu']
    ],
    [
      'requests above limits',
      { quotas: { a: { cpu: '2' }, b: { 'limits.cpu': '2' } } },
      { quotas: { a: { cpu: '2' }, b: { 'limits.cpu': '1' } } },
      ['requests-beyond-limits spec.quotas.a.cpu']
    ],
    [
      'requests above limits that each container must set, unlike those of ephemeral storage',
      { quotas: { a: { 'ephemeral-storage': '2Gi', 'limits.ephemeral-storage': '1Gi' } } },
      { quotas: { a: { cpu: '2', 'limits.cpu': '1' } }, limits: [container({ defaultRequest: small })] },
      ['requests-beyond-limits spec.quotas.a.cpu', 'quota-without-default spec.quotas.a.limits.cpu']
    ],
    [
      'limits above the ratio to requests',
      { quotas: { a: { cpu: '2', 'limits.cpu': '4' } }, limits: [container({ default: small, maxLimitRequestRatio: { cpu: 2 } })] },
      { quotas: { a: { cpu: '2', 'limits.cpu': '5' } }, limits: [container({ default: small, maxLimitRequestRatio: { cpu: 2 } })] },
      ['limits-beyond-requests spec.quotas.a.limits.cpu']
    ],
    [
      'storage that no claims can fill',
      { quotas: { a: { 'requests.storage': '100Gi', persistentvolumeclaims: 10 } }, limits: [claim({ max: { storage: '10Gi' } })] },
      { quotas: { a: { 'requests.storage': '101Gi', 'count/persistentvolumeclaims': 10 } }, limits: [claim({ max: { storage: '10Gi' } })] },
      ['storage-beyond-claims spec.quotas.a.requests.storage']
    ],
    [
      'claims that exceed storage by their minimum',
      { quotas: { a: { 'requests.storage': '10Gi', persistentvolumeclaims: 10 } }, limits: [claim({ min: { storage: '1Gi' } })] },
      { quotas: { a: { 'requests.storage': '10Gi', persistentvolumeclaims: 11 } }, limits: [claim({ min: { storage: '1Gi' } })] },
      ['claims-beyond-storage spec.quotas.a.persistentvolumeclaims']
    ],
    [
      'storage and claims of a StorageClass',
      { quotas: { a: { 'gold.storageclass.storage.k8s.io/requests.storage': '1Gi', 'requests.storage': '1Gi' } } },
      {
        quotas: {
          a: {
            'gold.storageclass.storage.k8s.io/requests.storage': '3Gi',
            'gold.storageclass.storage.k8s.io/persistentvolumeclaims': 2,
            'requests.storage': '2Gi',
            persistentvolumeclaims: 1
          }
        },
        limits: [claim({ max: { storage: '1Gi' } })]
      },
      [
        'storage-class-beyond-total spec.quotas.a.gold.storageclass.storage.k8s.io/requests.storage',
        'storage-beyond-claims spec.quotas.a.gold.storageclass.storage.k8s.io/requests.storage',
        'storage-class-beyond-total spec.quotas.a.gold.storageclass.storage.k8s.io/persistentvolumeclaims',
        'storage-beyond-claims spec.quotas.a.requests.storage'
      ]
    ],
    [
      'a quota above another one of the same resource, in any spelling',
      { quotas: { a: { pods: 10, secrets: 5 }, b: { pods: '10', 'count/secrets': 5, 'count/pods': 20 } } },
      { quotas: { a: { pods: 10, secrets: 5 }, b: { pods: '11', 'count/secrets': 4, 'count/pods': 20 } } },
      ['quota-repeated spec.quotas.b.pods', 'quota-repeated spec.quotas.a.secrets']
    ],
    [
      'pods and Jobs above the objects of pods',
      { quotas: { a: { pods: 20, 'count/pods': 20, 'count/jobs.batch': 20 } } },
      { quotas: { a: { pods: 20, 'count/pods': 19, 'count/jobs.batch': 20 } } },
      ['pods-beyond-pod-objects spec.quotas.a.pods', 'jobs-beyond-pod-objects spec.quotas.a.count/jobs.batch']
    ],
    [
      'CronJobs whose history fills the Jobs',
      { quotas: { a: { 'count/cronjobs.batch': 10, 'count/jobs.batch': 50 } } },
      { quotas: { a: { 'count/cronjobs.batch': 10, 'count/jobs.batch': 49 } } },
      ['cronjobs-beyond-jobs spec.quotas.a.count/cronjobs.batch']
    ],
    [
      'workloads whose revisions fill their quota',
      { quotas: { a: { 'count/deployments.apps': 5, 'count/replicasets.apps': 60, 'count/statefulsets.apps': 5, 'count/controllerrevisions.apps': 60 } } },
      {
        quotas: {
          a: {
            'count/deployments.apps': 5,
            'count/replicasets.apps': 59,
            'count/statefulsets.apps': 5,
            'count/daemonsets.apps': 5,
            'count/controllerrevisions.apps': 59
          }
        }
      },
      [
        'deployments-beyond-replicasets spec.quotas.a.count/deployments.apps',
        'statefulsets-beyond-revisions spec.quotas.a.count/statefulsets.apps',
        'daemonsets-beyond-revisions spec.quotas.a.count/daemonsets.apps'
      ]
    ],
    [
      'Deployments whose Helm releases fill the Secrets',
      { quotas: { a: { secrets: 50, 'count/deployments.apps': 5 } } },
      { quotas: { a: { secrets: 50, 'count/deployments.apps': 6 } } },
      ['deployments-beyond-helm-history spec.quotas.a.count/deployments.apps']
    ],
    [
      'Services above their Endpoints',
      { quotas: { a: { services: 5, 'count/endpoints': 5 } } },
      { quotas: { a: { services: 5, 'count/endpoints': 4, 'count/endpointslices.discovery.k8s.io': 4 } } },
      ['services-beyond-endpoints spec.quotas.a.services', 'services-beyond-endpointslices spec.quotas.a.services']
    ],
    [
      'load balancers above Services or node ports, also where these are zero',
      { quotas: { a: { services: 5, 'services.loadbalancers': 5, 'services.nodeports': 20 } } },
      { quotas: { a: { services: 4, 'services.loadbalancers': 5, 'services.nodeports': 0 } } },
      [
        'loadbalancers-beyond-services spec.quotas.a.services.loadbalancers',
        'loadbalancers-beyond-nodeports spec.quotas.a.services.loadbalancers'
      ]
    ],
    [
      'node ports without Services',
      { quotas: { a: { services: 1, 'services.nodeports': 20 } } },
      { quotas: { a: { services: 0, 'services.nodeports': 20 } } },
      ['nodeports-beyond-services spec.quotas.a.services.nodeports']
    ],
    [
      'Services whose types are refused',
      { quotas: { a: { services: 0, 'services.nodeports': 0, 'services.loadbalancers': 0 } }, types: [] },
      {
        quotas: { a: { services: 1, 'services.nodeports': 1, 'services.loadbalancers': 0 } },
        types: [],
        bounds: { a: { 'services.loadbalancers': { max: 1 } } }
      },
      [
        'quota-beyond-service-types spec.quotas.a.services',
        'quota-beyond-service-types spec.quotas.a.services.nodeports',
        'quota-beyond-service-types spec.overrides.quotas.a.services.loadbalancers.max'
      ]
    ],
    [
      'overrides that another quota prevents, at the maximum of all',
      { quotas: { a: { cpu: '1', pods: 10 } }, bounds: { a: { cpu: { max: '2' }, pods: { max: 20 } } } },
      { quotas: { a: { cpu: '1', pods: 10 } }, bounds: { a: { cpu: { max: '2' }, pods: { max: 21 } } } },
      ['pods-beyond-requests spec.overrides.quotas.a.pods.max']
    ],
    [
      'overrides that a quota without an override prevents, unlike one without a maximum',
      { quotas: { a: { cpu: '1', pods: 10 } }, bounds: { a: { cpu: { min: '1' }, pods: { max: 1000 } } } },
      { quotas: { a: { cpu: '1', pods: 10 } }, bounds: { a: { pods: { max: 1000 } } } },
      ['pods-beyond-requests spec.overrides.quotas.a.pods.max']
    ],
    [
      'overrides above what one object may use, if that is all of the quota without them',
      {
        quotas: { a: { cpu: '2', 'requests.storage': '1Gi' } },
        limits: [container({ max: { cpu: '1' } }), claim({ max: { storage: '2Gi' } })],
        bounds: { a: { cpu: { max: '4' }, 'requests.storage': { max: '2Gi' } } }
      },
      {
        quotas: { a: { cpu: '1', 'requests.storage': '1Gi' } },
        limits: [container({ max: { cpu: '1' } }), claim({ max: { storage: '1Gi' } })],
        bounds: { a: { cpu: { max: '4' }, 'requests.storage': { max: '2Gi' } } }
      },
      ['override-beyond-max spec.overrides.quotas.a.cpu.max', 'override-beyond-max spec.overrides.quotas.a.requests.storage.max']
    ]
  ]

  it('is tested for each rule of docs/classes.md', () => {
    const rules = cases.flatMap(([, , , expected]) => expected.map(line => line.split(' ')[0] ?? ''))
    const headings = readFileSync(repositoryPath('docs/classes.md'), 'utf8').match(/(?<=^#### ).*$/gm) ?? []
    expect(headings.toSorted()).toEqual([...new Set(rules)].sort())
  })

  it.each(cases)('reports %s', (_, consistent, inconsistent, expected) => {
    expect(found(consistent)).toEqual([])
    expect(found(inconsistent).sort()).toEqual(expected.sort())
  })

  it.each<[string, Numbers]>([
    ['pods', { quotas: { a: { pods: 0, cpu: '1m' } } }],
    ['compute', { quotas: { a: { pods: 5, cpu: 0, 'limits.memory': 0 } }, limits: [claim({ max: { storage: '1Gi' } })] }],
    ['storage', { quotas: { a: { 'requests.storage': 0, persistentvolumeclaims: 5 } }, limits: [claim({ min: { storage: '1Gi' } })] }],
    ['Jobs and Secrets', { quotas: { a: { 'count/jobs.batch': 0, 'count/cronjobs.batch': 5, secrets: 0, 'count/deployments.apps': 5 } } }],
    ['Services', { quotas: { a: { services: 0, 'services.nodeports': 0, 'services.loadbalancers': 0, 'count/endpoints': 0 } }, types: [] }],
    ['a default request', { quotas: { a: { pods: 50, cpu: '1m' } }, limits: [container({ defaultRequest: { cpu: 0 } })] }]
  ])('takes a zero of %s as meant', (_, numbers) => {
    expect(found(numbers)).toEqual([])
  })

  it('ignores amounts that are reported as invalid', () => {
    expect(found({ quotas: { a: { pods: 'many', cpu: '-1' } }, limits: [container({ defaultRequest: { cpu: 0, memory: 'x' } })] })).toEqual([])
    const inherited = { ['constructor' as string]: 1, 'requests.toString': 1, 'limits.constructor': 1 }
    expect(found({ quotas: { a: inherited }, limits: [container({ max: { cpu: '1' } }), pod({ max: { cpu: '1' } })] })).toEqual([])
  })

  it('says what is wrong, and what to do', () => {
    expect(classInconsistencies(classOf({ quotas: { a: { pods: 40 }, b: { 'requests.cpu': '3200m' } } })).map(({ message }) => message)).toEqual([
      'only 32 of 40 can be used: the default cpu request is 100m, and requests.cpu of b is at most 3200m. ' +
      'Raise requests.cpu of b to 4, or lower pods of a to 32'
    ])
  })
})

describe('tenantInconsistencies', () => {
  const numbers = { quotas: { a: { cpu: '1', pods: 10, 'count/cronjobs.batch': 5, 'count/jobs.batch': 5 } } }
  const ofTenant = (quotas: NonNullable<TenantSpec['quotas']>) => tenantInconsistencies(tenant({ quotas }), classOf(numbers)).map(short)

  it.each<[string, NonNullable<TenantSpec['quotas']>, string[]]>([
    ['nothing that the class alone gives', { a: { cpu: '2' } }, []],
    ['no overrides that fit together', { a: { cpu: '2', pods: 20 } }, []],
    ['an override that the class prevents', { a: { pods: 11 } }, ['pods-beyond-requests spec.quotas.a.pods']],
    ['an override that prevents what the class gives', { a: { cpu: '500m' } }, ['pods-beyond-requests spec.quotas.a.cpu']],
    ['two overrides once', { a: { cpu: '2', pods: 21 } }, ['pods-beyond-requests spec.quotas.a.pods']],
    ['no zero', { a: { cpu: 0 } }, []]
  ])('reports %s', (_, quotas, expected) => {
    expect(ofTenant(quotas)).toEqual(expected)
  })

  it.each<[string, NonNullable<TenantSpec['limits']>, TenantSpec['quotas'], string[]]>([
    ['no limits that fit', { Container: { max: { cpu: '2' } } }, {}, []],
    [
      'a default request that the quota has no room for', { Container: { defaultRequest: { cpu: '200m' } } }, {},
      ['pods-beyond-requests spec.limits']
    ],
    ['none that its quota has room for', { Container: { defaultRequest: { cpu: '200m' } } }, { a: { cpu: '2' } }, []],
    ['a maximum above the quota', { Container: { max: { cpu: '5' } } }, {}, ['limit-beyond-quota spec.limits.Container.max.cpu']],
    ['no quota below the maximum, which is meant', {}, { a: { 'limits.cpu': '950m', pods: 1, cpu: '500m' } }, []],
    ['a maximum below that of the class once', { Container: { max: { cpu: '900m' } } }, {}, []],
    ['a minimum that refuses default pods', { Container: { min: { cpu: '150m' } } }, {}, ['default-pod-refused spec.limits.Container.min.cpu']]
  ])('judges the effective limits, and reports %s', (_, limits, quotas = {}, expected) => {
    const numbers = {
      quotas: { a: { cpu: '1', pods: 10, 'limits.cpu': '4' } },
      limits: [container({ defaultRequest: { cpu: '100m' }, default: { cpu: '900m' }, max: { cpu: '1' }, min: { cpu: '50m' } })]
    }
    const found = tenantInconsistencies(tenant({ limits, quotas }), classOf(numbers)).map(short)
    expect(found.filter(each => !each.startsWith('default-below-max'))).toEqual(expected)
  })

  it('reports nothing for a Tenant without overrides', () => {
    expect(tenantInconsistencies(tenant(), classOf(numbers))).toEqual([])
  })
})

const seed = Number(process.env.K8S_MTP_SEED ?? Date.now() % 2 ** 31)
console.log(`consistency: K8S_MTP_SEED=${seed}`)

describe('a quota of pods', () => {
  const units: Record<string, (amount: number) => string> = { cpu: amount => `${amount}m`, memory: amount => `${amount}Mi`, 'ephemeral-storage': amount => `${amount}Mi` }
  const names = Object.keys(units)
  const defaults = fc.dictionary(fc.constantFrom(...names), fc.integer({ min: 0, max: 40 }), { noNullPrototype: true })
  const compute = fc.tuple(fc.constantFrom('', 'requests.', 'limits.'), fc.constantFrom(...names)).map(([prefix, name]) => prefix + name)
  const quota = fc.tuple(
    fc.dictionary(compute, fc.integer({ min: 1, max: 400 }), { maxKeys: 4, noNullPrototype: true }),
    fc.dictionary(fc.constantFrom('pods', 'count/pods'), fc.integer({ min: 1, max: 20 }), { noNullPrototype: true })
  )
  const numbers = fc.record({
    quotas: fc.dictionary(fc.constantFrom('a', 'b', 'c'), quota, { minKeys: 1, noNullPrototype: true }),
    request: defaults,
    limit: defaults,
    podMin: fc.dictionary(fc.constantFrom(...names), fc.integer({ min: 1, max: 10 }), { maxKeys: 1, noNullPrototype: true })
  })
  type Random = typeof numbers extends fc.Arbitrary<infer T> ? T : never

  const written = (amounts: Record<string, number>) =>
    Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, units[name.replace(/^(requests|limits)\./, '')]?.(amount) ?? amount]))
  const randomClass = ({ quotas, request, limit, podMin }: Random, bounds = {}) => classOf({
    quotas: Object.fromEntries(Object.entries(quotas).map(([name, [amounts, counts]]) => [name, { ...written(amounts), ...counts }])),
    limits: [container({ defaultRequest: written(request), default: written(limit) }), ...(Object.keys(podMin).length > 0 ? [pod({ min: written(podMin) })] : [])],
    bounds
  })

  /** Creates pods without requests and limits one by one, until a quota or the LimitRange refuses one. */
  function podsThatFit (quotas: Array<Record<string, number>>, { request, limit, podMin }: Random, most: number): number {
    const requests: Record<string, number> = { ...limit, ...request }
    const usage: Record<string, number> = { pods: 1, 'count/pods': 1 }
    for (const [name, amount] of Object.entries(requests)) usage[name] = usage[`requests.${name}`] = amount
    for (const [name, amount] of Object.entries(limit)) usage[`limits.${name}`] = amount
    if (Object.entries(podMin).some(([name, min]) => (requests[name] ?? -1) < min || (limit[name] ?? min) < min)) return 0
    if (quotas.some(hard => Object.keys(hard).some(name => /cpu|memory/.test(name) && usage[name] === undefined))) return 0
    let pods = 0
    const used = new Map<string, number>()
    while (pods < most && quotas.every(hard => Object.entries(hard).every(([name, amount]) => (used.get(name) ?? 0) + (usage[name] ?? 0) <= amount))) {
      pods++
      for (const [name, amount] of Object.entries(usage)) used.set(name, (used.get(name) ?? 0) + amount)
    }
    return pods
  }

  const flat = ({ quotas }: Random) => Object.entries(quotas).map(([name, [amounts, counts]]) => [name, { ...amounts, ...counts } as Record<string, number>] as const)
  /** Rules under which no default pod is admitted at all. */
  const refusesAll = (rule: string) => rule === 'default-pod-refused' || rule === 'quota-without-default'
  const isValid = (random: Random) => validateLimitRange(randomClass(random).spec.limits).length === 0

  it('is reported exactly if that many default pods do not fit', () => {
    let reported = 0
    let fitting = 0
    fc.assert(fc.property(numbers.filter(isValid), random => {
      const warnings = classInconsistencies(randomClass(random))
      for (const [name, hard] of flat(random)) {
        if (hard['pods'] === undefined) continue
        const isReported = warnings.some(({ rule, path }) => refusesAll(rule) || formatPath(path) === `spec.quotas.${name}.pods`)
        const fits = podsThatFit(flat(random).map(([, amounts]) => amounts), random, hard['pods']) === hard['pods']
        if (isReported) reported++; else fitting++
        expect({ name, isReported }).toEqual({ name, isReported: !fits })
      }
    }), { numRuns: 1000, seed })
    expect(Math.min(reported, fitting)).toBeGreaterThan(50)
  })

  it('is reported for its override exactly if no overrides make that many default pods fit', () => {
    const raises = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.dictionary(fc.constantFrom(...names.flatMap(name => [name, `limits.${name}`]), 'pods'), fc.integer({ min: 1, max: 10 }), { noNullPrototype: true }), { noNullPrototype: true })
    let checked = 0
    fc.assert(fc.property(numbers.filter(isValid), raises, (random, factors) => {
      const factor = (quota: string, name: string) => factors[quota]?.[name] ?? 1
      const highest = flat(random).map(([quota, hard]) =>
        [quota, Object.fromEntries(Object.entries(hard).map(([name, amount]) => [name, amount * factor(quota, name)]))] as const)
      const bounds = Object.fromEntries(highest.map(([quota, hard]) => [quota, Object.fromEntries(Object.entries(written(hard)).map(([name, max]) => [name, { max }]))]))
      const warnings = classInconsistencies(randomClass(random, bounds))
      for (const [quota, hard] of highest) {
        const pods = hard['pods']
        if (pods === undefined || factor(quota, 'pods') === 1) continue
        checked++
        const isReported = warnings.some(({ rule, path }) => refusesAll(rule) || formatPath(path) === `spec.overrides.quotas.${quota}.pods.max`)
        expect(isReported).toBe(podsThatFit(highest.map(([, amounts]) => amounts), random, pods) < pods)
      }
    }), { numRuns: 1000, seed })
    expect(checked).toBeGreaterThan(50)
  })
})
