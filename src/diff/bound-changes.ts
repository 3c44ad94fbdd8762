import { allowedAuthorsAnnotation, allowedFinalizersAnnotation, podSecurityPrefix, selfServiceAnnotation } from '../api/group.ts'
import { any, type WorkloadPolicySpec } from '../api/workload-policy.ts'
import { differencesBetween, isFields } from '../kubernetes/json.ts'
import type { DesiredNamespace } from '../tenancy/desired/desired-state.ts'
import { coversHostName } from '../tenancy/policy/effective-host-names.ts'
import { beforeAndAfter } from './keyed-pairs.ts'
import { coversNetwork } from './network-paths.ts'
import type { BoundChange, Direction } from './report.ts'

type Judge = (before: unknown, after: unknown) => Array<Omit<BoundChange, 'field'>>
type Covers = (bound: string, entry: string) => boolean

const same: Covers = (bound, entry) => bound === entry
const beginsWith: Covers = (bound, entry) => entry.startsWith(bound)
const isPathIn: Covers = (bound, entry) =>
  entry === bound || entry.startsWith(`${bound}/`) || (bound.includes('/') && entry.startsWith(`${bound}:`))
/** Key, value and effect, each of which may be any. */
const tolerates: Covers = (bound, entry) => {
  const [wide, narrow] = [JSON.parse(bound) as string[], JSON.parse(entry) as string[]]
  return wide.every((part, index) => part === any || part === narrow[index])
}

const textOf = (value: unknown): string => typeof value === 'string' ? value : JSON.stringify(value)
const listOf = (value: unknown): unknown[] => Array.isArray(value) ? value : []
const textsOf = (value: unknown): string[] => listOf(value).map(textOf)

/** More entries allow more. */
function allowed (covers: Covers = same, read = textsOf, print: (entry: string) => string = entry => entry): Judge {
  return entries((outer, entry) => outer.some(bound => bound === any || covers(bound, entry)), 'loosened', read, print)
}

/** More entries refuse more. */
const refused: Judge = entries((outer, entry) => outer.some(bound => beginsWith(bound, entry)), 'tightened')

function entries (
  isCovered: (outer: string[], entry: string) => boolean, whenAdded: Direction, read = textsOf, print = (entry: string): string => entry
): Judge {
  const whenRemoved: Direction = whenAdded === 'loosened' ? 'tightened' : 'loosened'
  return (before, after) => {
    const [had, has] = [read(before), read(after)]
    const added = has.filter(entry => !isCovered(had, entry)).map(print)
    const removed = had.filter(entry => !isCovered(has, entry)).map(print)
    return [
      ...(added.length > 0 ? [{ direction: whenAdded, added }] : []),
      ...(removed.length > 0 ? [{ direction: whenRemoved, removed }] : [])
    ]
  }
}

/** The highest value allows most. */
function ranked (rank: (value: unknown) => number): Judge {
  return (before, after) => {
    const [was, is] = [rank(before), rank(after)]
    const direction = was === is ? 'changed' : is > was ? 'loosened' : 'tightened'
    return [{ direction, ...asTexts(before, after) }]
  }
}

const flag = ranked(value => value === true ? 1 : 0)
const number = ranked(Number)

/** Each required label keeps pods away from more nodes. Other labels are other nodes, and neither more nor fewer. */
const required: Judge = (before, after) => {
  const pairs = (value: unknown) => isFields(value) ? Object.entries(value).map(([key, label]) => `${key}=${String(label)}`) : []
  const [had, has] = [pairs(before), pairs(after)]
  const [isWider, isNarrower] = [has.every(pair => had.includes(pair)), had.every(pair => has.includes(pair))]
  const direction = isWider ? 'loosened' : isNarrower ? 'tightened' : 'changed'
  return [{ direction, before: had.sort().join(', '), after: has.sort().join(', ') }]
}

/** Says nothing about the direction. */
const neutral: Judge = (before, after) => [{ direction: 'changed', ...asTexts(before, after) }]

function asTexts (before: unknown, after: unknown): Pick<BoundChange, 'before' | 'after'> {
  return beforeAndAfter(before === undefined ? undefined : textOf(before), after === undefined ? undefined : textOf(after))
}

const networks: Judge = entries(coversNetwork, 'loosened')

const tolerationsOf = (value: unknown): string[] => listOf(value).filter(isFields).map(({ key, value, effect }) =>
  JSON.stringify([key, value, effect]))
const printToleration = (text: string): string => {
  const [key = '', value = '', effect = ''] = JSON.parse(text) as string[]
  return `${key}${value === any ? '' : `=${value}`}${effect === any ? '' : `:${effect}`}`
}

type PathsOf<T, Prefix extends string = ''> = {
  [K in keyof T & string]: T[K] extends readonly unknown[] ? `${Prefix}${K}`
    : T[K] extends object ? string extends keyof T[K] ? `${Prefix}${K}` : PathsOf<T[K], `${Prefix}${K}.`> : `${Prefix}${K}`
}[keyof T & string]

/** Fields that say whose policy it is, and what NetworkPolicies of the class allow anyway: the network paths show both. */
type ReportedElsewhere = 'tenantName' | 'className' | 'networkPolicies.ingress' | 'networkPolicies.egress'

/** What more of each field means. A field of the WorkloadPolicy that is not here does not compile. */
const judges: Record<Exclude<PathsOf<WorkloadPolicySpec>, ReportedElsewhere>, Judge> = {
  cordoned: neutral,
  'services.types': allowed(),
  'services.externalIPs': networks,
  'services.allowChosenClusterIPs': flag,
  'services.allowNodePorts': flag,
  'endpoints.addresses': networks,
  'pods.allowNodeName': flag,
  'pods.tolerations': allowed(tolerates, tolerationsOf, printToleration),
  'pods.nodeSelector': required,
  'pods.runtimeClasses': allowed(),
  'pods.schedulers': allowed(),
  'pods.csiDrivers': allowed(),
  'pods.imagePullPolicies': allowed(),
  'pods.maxContainers': number,
  'pods.maxTerminationGracePeriodSeconds': number,
  'pods.defaults.podSecurity': neutral,
  'pods.defaults.userNamespaces': neutral,
  'pods.defaults.nodeSelector': neutral,
  'pods.defaults.tolerations': neutral,
  'pods.defaults.runtimeClass': neutral,
  'pods.defaults.priorityClass': neutral,
  'networkPolicies.narrow': neutral,
  hostNames: allowed(coversHostName),
  allowRoutesWithoutHostNames: flag,
  ingressClasses: allowed(),
  gatewayClasses: allowed(),
  storageClasses: allowed(),
  volumeAttributesClasses: allowed(),
  allowVolumeNames: flag,
  priorityClasses: allowed(),
  deviceClasses: allowed(),
  imageRegistries: allowed(isPathIn),
  allowBlockingDisruptionBudgets: flag,
  'refusedAnnotations.services': refused,
  'refusedAnnotations.ingresses': refused,
  'refusedAnnotations.serviceAccounts': refused,
  'refusedAnnotations.secrets': refused
}
const reportedElsewhere: ReadonlySet<string> =
  new Set<ReportedElsewhere>(['tenantName', 'className', 'networkPolicies.ingress', 'networkPolicies.egress'])
const judgeOf = (field: string): Judge | undefined => Object.hasOwn(judges, field) ? judges[field as keyof typeof judges] : undefined

/** Lists the bounds of workloads and of members that differ, with their direction. */
export function boundChanges (before: DesiredNamespace, after: DesiredNamespace): BoundChange[] {
  return [...podSecurityChanges(before, after), ...annotatedChanges(before, after), ...policyChanges(specIn(before), specIn(after))]
}

function specIn ({ contents }: DesiredNamespace): WorkloadPolicySpec | undefined {
  return contents.find(manifest => manifest.kind === 'WorkloadPolicy')?.spec
}

/** A field that a later version adds is reported as changed. */
export function policyChanges (before: unknown, after: unknown): BoundChange[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  const fields = new Set(differencesBetween(before, after).map(({ path }) => fieldOf(path)))
  return [...fields].filter(field => !reportedElsewhere.has(field)).flatMap(field =>
    (judgeOf(field) ?? neutral)(valueAt(before, field), valueAt(after, field)).map(change => ({ field, ...change })))
}

/** A difference within a map is one of the map. */
function fieldOf (path: readonly string[]): string {
  const known = path.map((_, index) => path.slice(0, index + 1).join('.')).find(prefix => judgeOf(prefix) !== undefined)
  return known ?? path.join('.')
}

function valueAt (value: unknown, field: string): unknown {
  return field.split('.').reduce((fields, step) => isFields(fields) && Object.hasOwn(fields, step) ? fields[step] : undefined, value)
}

const levels = ['restricted', 'baseline', 'privileged']

/** An older version of a standard refuses less. */
const versionRank = (version: unknown): number => {
  const [, minor] = /^v1\.(\d+)$/.exec(String(version)) ?? []
  return minor === undefined ? -Infinity : -Number(minor)
}

const podSecurity: ReadonlyArray<[mode: string, judge: Judge]> = [
  ['enforce', ranked(level => levels.indexOf(String(level)))],
  ['enforce-version', ranked(versionRank)],
  ...['audit', 'audit-version', 'warn', 'warn-version'].map((mode): [string, Judge] => [mode, neutral])
]

function podSecurityChanges (before: DesiredNamespace, after: DesiredNamespace): BoundChange[] {
  return podSecurity.flatMap(([mode, judge]) => {
    const [was, is] = [before, after].map(({ namespace }) => namespace.metadata.labels[`${podSecurityPrefix}${mode}`])
    return was === is ? [] : judge(was, is).map(change => ({ field: `podSecurity.${mode}`, ...change }))
  })
}

/** What members may write, who may write anything, and what may keep the namespace after its Tenant. */
const annotated = {
  [selfServiceAnnotation]: 'selfService',
  [allowedAuthorsAnnotation]: 'allowedAuthors',
  [allowedFinalizersAnnotation]: 'allowedFinalizers'
}

function annotatedChanges (before: DesiredNamespace, after: DesiredNamespace): BoundChange[] {
  return Object.entries(annotated).flatMap(([key, field]) => {
    const [had = [], has = []] = [before, after].map(({ namespace }) =>
      (namespace.metadata.annotations?.[key] ?? '').split(key === allowedAuthorsAnnotation ? '\n' : ',').filter(entry => entry !== ''))
    return allowed()(had, has).map(change => ({ field, ...change }))
  })
}
