import { isRecord } from '../cluster/api-error.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { podChangesIn, type PodChange } from './kubernetes-remedies.ts'
import { containersOf, podOf, recordsIn } from './objects.ts'

/** What a message says about: the object that was sent, the pods that it makes, or the claims that it makes. */
export type Subject = 'object' | 'pod' | 'claim'

/** A change of one field that a refusal of ours names. */
export interface Remedy {
  /** From the object or the pod, such as `spec.type`; of annotations, the key is the last part. */
  path: string[]
  /** Undefined: the field is removed. */
  value?: unknown
  /** Of a list: only items that are this are removed. */
  item?: string
  /** The message says that the field is one of pods. */
  ofPod: boolean
  /** Instead of a path: a change that Kubernetes names. */
  change?: PodChange
}

const problem = /^(?:.*: )?(?:TenantClass \S+ |.* )?does not allow (?<what>.+?): spec\.workloads\./

type Groups = Record<string, string | undefined>
/** Of `spec.ingress[0].from`: spec, ingress, 0, from. */
const partsOf = (field: string): string[] => field.replaceAll(/\[(\d+)\]/g, '.$1').split('.')
const inSpec = (field: string): string[] => field.startsWith('spec.') ? partsOf(field) : ['spec', ...partsOf(field)]
const firstOf = (list = ''): string => list.split(', ')[0] ?? ''

/** The sentences by which messages name a remedy. */
const sentences: Array<[sentence: RegExp, remedies: (groups: Groups, what: string) => Array<Omit<Remedy, 'ofPod'>>]> = [
  [/lists (?<list>\S.*?)\. Set (?<field>[\w.]+\w)(?: of the pod)? to a listed value/, ({ field = '', list }) =>
    list === 'none' ? [] : [{ path: inSpec(field), value: firstOf(list) }]],
  [/requires nodeSelector (?<pairs>.+?): spec\.workloads\.pods\.nodeSelector\. Add it to (?<field>[\w.]+\w)/, ({ pairs = '', field = '' }) =>
    pairs.split(', ').map(pair => {
      const [key = '', value = ''] = pair.split(': ')
      return { path: [...inSpec(field), key], value }
    })],
  [/ is (?<max>\d+)\. Set (?<field>[\w.]+\w)(?: of the pod)? to this or less/, ({ field = '', max }) =>
    [{ path: inSpec(field), value: Number(max) }]],
  [/\bSet (?<field>[\w.]+\w)(?: of the (?:Service|pod))? to (?<value>\d+|true|false)\b/, ({ field = '', value = '' }) =>
    [{ path: inSpec(field), value: JSON.parse(value) as unknown }]],
  [/\bSet (?<fields>spec\S+(?: and spec\S+)*) to (?<value>\[?\{podSelector: \{\}\}\]?)/, ({ fields = '', value = '' }) =>
    fields.split(' and ').map(field => ({ path: inSpec(field), value: value.startsWith('[') ? [{ podSelector: {} }] : { podSelector: {} } }))],
  [/\bRemove it from (?<field>spec[\w.]+\w)/, ({ field = '' }, what) => [{ path: inSpec(field), item: what.split(' ').at(-1) ?? '' }]],
  [/\bRemove (?<field>spec[\w.]+\w) and (?<second>spec[\w.]+\w)/, ({ field = '', second = '' }) =>
    [{ path: inSpec(field) }, { path: inSpec(second) }]],
  [/\bRemove (?<field>spec\.[\w.]*\w|[a-z]+[A-Z]\w*)/, ({ field = '' }) => [{ path: inSpec(field) }]],
  [/\bRemove it\b/, (_, what) => removal(what)]
]

/** Returns the remedies that a message names; none if a person has to decide. */
export function remediesIn (message: string): Remedy[] {
  if (!isOurs(message)) return podChangesIn(message).map(change => ({ path: [], ofPod: true, change }))
  const what = problem.exec(message)?.groups?.what ?? ''
  const ofPod = / of the pod\b/.test(message) || /does not allow the toleration/.test(message)
  for (const [sentence, remedies] of sentences) {
    const groups = sentence.exec(message)?.groups ?? (sentence.test(message) ? {} : undefined)
    const found = groups === undefined ? [] : remedies(groups, what)
    if (found.length > 0) return found.map(remedy => ({ ...remedy, ofPod }))
  }
  return []
}

export function isOurs (message: string): boolean {
  return /\bTenantClass \S+ (does not allow|allows|requires)\b/.test(message)
}

/** For messages that name the field, or what is in it, as the problem. */
function removal (what: string): Array<Omit<Remedy, 'ofPod'>> {
  const [, kind = '', name = ''] = /^the (annotation|toleration) (.+)$/.exec(what) ?? []
  if (kind === 'annotation') return [{ path: ['metadata', 'annotations', name] }]
  if (kind === 'toleration') return [{ path: ['spec', 'tolerations'], item: name.replace(/[=:].*$/, '') }]
  if (what === 'the empty storageClassName') return [{ path: ['spec', 'storageClassName'] }]
  return /^spec\./.test(what) ? [{ path: inSpec(firstWord(what)) }] : []
}

const firstWord = (text: string): string => text.split(' ')[0] ?? ''

/** `spec.type: ClusterIP`, or `no spec.loadBalancerIP`. */
export function describeRemedy ({ path, value, item, change }: Remedy): string {
  if (change !== undefined) return change.text
  const field = path.join('.')
  if (item !== undefined) return `no ${item} in ${field}`
  return value === undefined ? `no ${field}` : `${field}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`
}

/** Fields that the API server accepts only beside another value of the changed one. */
const dependent: Record<string, string[]> = {
  'Service spec.type': [
    'externalTrafficPolicy', 'healthCheckNodePort', 'loadBalancerClass', 'loadBalancerIP', 'loadBalancerSourceRanges',
    'allocateLoadBalancerNodePorts'
  ],
  'PodDisruptionBudget spec.maxUnavailable': ['minAvailable']
}

/** Returns the object with a remedy applied to it, its pods or its claims. */
export function applyRemedy (remedy: Remedy, object: KubeObject, subject: Subject): KubeObject {
  const copy = structuredClone(object)
  if (remedy.change !== undefined) {
    const pod = podOf(copy)
    if (pod !== undefined) remedy.change.apply(pod)
    return copy
  }
  for (const target of targetsIn(copy, remedy.ofPod ? 'pod' : subject)) {
    if (remedy.path.join('.') === 'spec.imagePullPolicy') {
      for (const container of containersOf(target as never)) container.imagePullPolicy = remedy.value
    } else change(target, remedy)
  }
  const { spec } = copy
  if (!isRecord(spec)) return copy
  const field = `${copy.kind} ${remedy.path.join('.')}`
  for (const name of dependent[field] ?? []) delete spec[name]
  if (field === 'Service spec.type') for (const port of recordsIn(spec.ports)) delete port.nodePort
  if (field === 'Ingress spec.ingressClassName') delete copy.metadata.annotations?.['kubernetes.io/ingress.class']
  return copy
}

function targetsIn (object: KubeObject, subject: Subject): Record<string, unknown>[] {
  if (subject === 'object') return [object]
  if (subject === 'claim') return isRecord(object.spec) ? recordsIn(object.spec.volumeClaimTemplates) : []
  return [podOf(object)].filter(pod => pod !== undefined).map(pod => pod as unknown as Record<string, unknown>)
}

function change (target: Record<string, unknown>, { path, value, item }: Remedy): void {
  const [last = '', ...above] = [...path].reverse()
  let parent = target
  for (const key of above.reverse()) {
    if (typeof parent[key] !== 'object' || parent[key] === null) {
      if (value === undefined) return
      parent[key] = {}
    }
    parent = parent[key] as Record<string, unknown>
  }
  if (item !== undefined) parent[last] = withoutItem(parent[last], item)
  else if (value === undefined) Reflect.deleteProperty(parent, last)
  else parent[last] = value
}

/** Items are names, or have a key. */
function withoutItem (list: unknown, item: string): unknown[] {
  const isSame = (each: unknown): boolean =>
    each === item || (isRecord(each) && (each.key === item || (item === 'of all taints' && each.key === undefined)))
  return Array.isArray(list) ? list.filter(each => !isSame(each)) : []
}
