import type { CanonicalLimitRangeItem } from './limit-range-items.ts'
import { isExtendedResource, isHugePages } from './resource-names.ts'

/** How one amount bounds another: `limited` times `each` must fit into `by` times `factor`. */
export interface QuotaRelation {
  /** The stable name of the rule, and its heading in docs/classes.md. */
  rule: string
  /** A counted resource, or a field of a LimitRange item such as `Container.max.cpu`. */
  limited: string
  by: string
  /** The amount of `by` that each unit of `limited` needs: 1 unless given. */
  each?: string
  /** The maximum of `limited` for each unit of `by`: 1 unless given. */
  factor?: string
  because: string
  /** Where the relation is one of single objects, and not of their sum. */
  scope?: string
}

/**
 * By the defaults of controllers and of Helm. An old revision is removed after the next one has been created, so a quota
 * needs room for both. Sources: https://kubernetes.io/docs/concepts/workloads/controllers/, https://helm.sh/docs/helm/helm_upgrade/
 */
const revisions = 'each keeps 10 old revisions by default, besides the current and the next'
const countRelations: QuotaRelation[] = ([
  ['pods-beyond-pod-objects', 'pods', 'count/pods', '1', 'count/pods counts finished pods too'],
  ['jobs-beyond-pod-objects', 'count/jobs.batch', 'count/pods', '1', 'each finished Job keeps its pod'],
  ['cronjobs-beyond-jobs', 'count/cronjobs.batch', 'count/jobs.batch', '5', 'each keeps 4 finished Jobs by default, besides the next'],
  ['deployments-beyond-replicasets', 'count/deployments.apps', 'count/replicasets.apps', '12', revisions],
  ['statefulsets-beyond-revisions', 'count/statefulsets.apps', 'count/controllerrevisions.apps', '12', revisions],
  ['daemonsets-beyond-revisions', 'count/daemonsets.apps', 'count/controllerrevisions.apps', '12', revisions],
  ['deployments-beyond-helm-history', 'count/deployments.apps', 'secrets', '10', 'a Helm release for each keeps 10 Secrets by default'],
  ['services-beyond-endpoints', 'services', 'count/endpoints', '1', 'each Service with a selector has one'],
  ['services-beyond-endpointslices', 'services', 'count/endpointslices.discovery.k8s.io', '1', 'each Service with a selector has one'],
  ['loadbalancers-beyond-services', 'services.loadbalancers', 'services', '1', 'each is a Service'],
  ['loadbalancers-beyond-nodeports', 'services.loadbalancers', 'services.nodeports', '1', 'each takes node ports by default'],
  // One Service can have many node ports.
  ['nodeports-beyond-services', 'services.nodeports', 'services', '1m', 'node ports belong to Services']
] as const).map(([rule, limited, by, each, because]) => ({ rule, limited, by, each, because }))

type Items = readonly CanonicalLimitRangeItem[]

/** Returns the relations between counted resources and the items of a LimitRange, which have the defaults of the API server. */
export function quotaRelations (counted: readonly string[], items: Items): QuotaRelation[] {
  return [
    ...countRelations,
    ...counted.flatMap(name => [
      { rule: 'quota-repeated', limited: name, by: name, because: 'the smallest amount decides' },
      ...computeRelations(name, items),
      ...storageRelations(name, items)
    ]),
    ...items.flatMap(({ type, min, max }) => [
      ...Object.keys(min ?? {}).map(x => (
        { rule: 'limit-beyond-quota', limited: `${type}.min.${x}`, by: `requests.${x}`, because: 'a quota counts it' })),
      ...Object.keys(max ?? {}).flatMap(x => maxRelations(type, x))
    ])
  ]
}

/** A default pod has one container, without requests and limits: the Container item sets them. */
function computeRelations (name: string, items: Items): QuotaRelation[] {
  const [, kind, x = ''] = /^(requests|limits)\.(?!storage$)(.+)$/.exec(name) ?? []
  const read = readerOf(items, x)
  if (kind === undefined) return []
  const what = `${x} ${kind.slice(0, -1)}`
  const ofPods = [
    ...given(read('Container', kind === 'requests' ? 'defaultRequest' : 'default'), each =>
      ({ rule: `pods-beyond-${kind}`, limited: 'pods', by: name, each, because: `the default ${what} is ${each}` })),
    ...given(read('Pod', 'max'), factor =>
      ({ rule: `${kind}-beyond-pods`, limited: name, by: 'pods', factor, because: `the ${what} of a pod is at most ${factor}` }))
  ]
  if (kind === 'requests') {
    const because = 'no request exceeds its limit'
    const hasLimit = isRequired(x) || read('Container', 'default') !== undefined
    return hasLimit ? [...ofPods, { rule: 'requests-beyond-limits', limited: name, by: `limits.${x}`, because }] : ofPods
  }
  const by = `requests.${x}`
  return [...ofPods, ...(['Container', 'Pod'] as const).flatMap(type => given(read(type, 'maxLimitRequestRatio'), factor =>
    ({ rule: 'limits-beyond-requests', limited: name, by, factor, because: `a limit is at most ${factor} times its request` })))]
}

/** A quota on these refuses containers that do not set them. Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/ */
export const isRequired = (resource: string): boolean => resource === 'cpu' || resource === 'memory'

function storageRelations (name: string, items: Items): QuotaRelation[] {
  const [, ofClass = '', counted] = /^(.+\.storageclass\.storage\.k8s\.io\/)?(requests\.storage|persistentvolumeclaims)$/.exec(name) ?? []
  const read = readerOf(items, 'storage')
  const [storage, claims] = [`${ofClass}requests.storage`, `${ofClass}persistentvolumeclaims`]
  if (counted === undefined) return []
  return [
    ...(ofClass === '' ? [] : [{ rule: 'storage-class-beyond-total', limited: name, by: counted, because: 'this counts all classes' }]),
    ...(name === storage
      ? given(read('PersistentVolumeClaim', 'max'), factor =>
        ({ rule: 'storage-beyond-claims', limited: storage, by: claims, factor, because: `a claim has at most ${factor}` }))
      : given(read('PersistentVolumeClaim', 'min'), each =>
        ({ rule: 'claims-beyond-storage', limited: claims, by: storage, each, because: `a claim has at least ${each}` })))
  ]
}

/** Extended resources and huge pages have no limit above their request. */
function maxRelations (type: CanonicalLimitRangeItem['type'], x: string): QuotaRelation[] {
  const max = `${type}.max.${x}`
  const isRequest = type === 'PersistentVolumeClaim' || isHugePages(x) || isExtendedResource(x)
  return [
    { rule: 'limit-beyond-quota', limited: max, by: `${isRequest ? 'requests' : 'limits'}.${x}`, because: 'a quota counts it' },
    ...['requests', 'limits'].map(kind => (
      { rule: 'override-beyond-max', limited: `${kind}.${x}`, by: max, because: 'none exceeds its maximum', scope: `in one ${type}` })),
    ...(type === 'Container'
      ? [
          { rule: 'limit-beyond-pod', limited: max, by: `Pod.max.${x}`, because: 'a container is part of a pod' },
          {
            rule: 'default-below-max',
            limited: max,
            by: `Container.default.${x}`,
            because: 'no request exceeds its limit',
            scope: 'in a container without a limit'
          }
        ]
      : [])
  ]
}

function readerOf (items: Items, resource: string) {
  return (type: CanonicalLimitRangeItem['type'], field: Exclude<keyof CanonicalLimitRangeItem, 'type'>) =>
    items.find(item => item.type === type)?.[field]?.[resource]
}

function given (amount: string | undefined, relation: (amount: string) => QuotaRelation): QuotaRelation[] {
  return amount === undefined ? [] : [relation(amount)]
}
