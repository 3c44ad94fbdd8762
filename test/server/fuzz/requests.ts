import type { TenantSpec } from '../../../src/api/tenant.ts'
import { isFields } from '../../../src/kubernetes/json.ts'
import { defaultClass, tenant } from '../../support/objects.ts'
import { settled, syncRequest, type Strategy, type World } from '../../support/requests.ts'
import type { Random } from './random.ts'

export interface FuzzRequest {
  path: '/sync' | '/customize'
  /** JSON, or not. */
  body: string
  contentType: string
  /** How it was made, for the message of a failure. */
  made: string
}

/** Values of each type, and those that programs confuse. */
const strange: readonly [unknown, ...unknown[]] = [
  null, true, false, 0, -1, 1.5, 1e308, 2 ** 53, '', 'x', '\u0000', '\u001b[31m', '\ud800', '../../etc', 'system:masters', '2026-11-22T12:00:00Z',
  '9'.repeat(400), 'x'.repeat(5_000), [], [[]], [null], ['a', 'a'], {}, { a: {} }, { toString: 1 }, { name: 1 }, { length: 3 }
]
const keys = [
  'name', 'namespace', 'kind', 'apiVersion', 'metadata', 'labels', 'spec', 'status', 'subjects', 'roleRef', 'hard', 'used', 'rules', 'f:spec', 'toString',
  'constructor', '__proto__', '', 'a/b', 'a~b', 'x'.repeat(3_000)
] as const
const kinds = ['Widget.example.com/v1', 'Pod.v1', 'Namespace.v2', 'Role.rbac.authorization.k8s.io/v1beta1', '', 'Tenant.k8s-mtp.dev/v1', '__proto__'] as const

const strategies = ['dynamic-apply', 'server-side-apply'] as const
const specs: readonly [Partial<TenantSpec>, ...Array<Partial<TenantSpec>>] = [
  {},
  { admins: [{ kind: 'User', name: 'ada' }, { kind: 'Group', name: 'ada' }], viewers: [{ kind: 'User', name: 'eve', expiresAt: '2026-11-22T11:00:00Z' }] },
  { cordoned: true, deletionPolicy: 'Retain' },
  { quotas: { 'tenant-quota': { pods: '30' } } }
]
const holds: ReadonlyArray<(world: World) => World> = [
  world => world,
  world => ({ ...world, classes: [] }),
  world => ({ ...world, tenant: tenant({ paused: true }) }),
  world => ({ ...world, tenant: tenant({ className: 'gold' }) }),
  world => ({ ...world, tenant: { ...tenant(), spec: null } }),
  world => ({ ...world, metadata: { deletionTimestamp: '2026-11-22T11:00:00Z' } })
]

/** Requests of Metacontroller for Tenants in steady state and on hold, as the base of all others. */
export function baseRequests (): [object, ...object[]] {
  const all = strategies.flatMap((strategy: Strategy) => specs.flatMap(spec => {
    const { world } = settled({ tenant: tenant(spec), classes: [defaultClass()] }, strategy)
    return holds.map(hold => syncRequest(hold(world)))
  }))
  const [first = {}, ...others] = all
  return [first, ...others]
}

/** Builds the next request; most are small, and one of `largeEvery` is as large as the limit. */
export function nextRequest (random: Random, bases: [object, ...object[]], { limit, largeEvery }: { limit: number, largeEvery: number }): FuzzRequest {
  const path = random.chance(0.1) ? '/customize' : '/sync'
  const json = 'application/json'
  if (random.chance(1 / largeEvery)) {
    const [made, body] = random.oneOf(largeBodies)(limit, JSON.stringify(random.oneOf(bases)))
    return { path, body, contentType: json, made: `large: ${made}` }
  }
  if (random.chance(0.05)) return { path, body: damaged(random, JSON.stringify(random.oneOf(bases))), contentType: random.oneOf([json, json, 'text/plain', '']), made: 'damaged JSON' }
  if (random.chance(0.05)) return { path, body: JSON.stringify(randomValue(random, 6)), contentType: json, made: 'random JSON' }
  const request = structuredClone(random.oneOf(bases))
  const changes = Array.from({ length: random.below(6) }, () => mutate(random, request, mutations))
  if (random.chance(0.05)) changes.push(mutate(random, request, [multiplication]))
  return { path, body: JSON.stringify(request), contentType: json, made: changes.join('; ') || 'unchanged' }
}

/** Bodies that take the most memory for their size, alone and where the hook reads them. */
const largeBodies: readonly [LargeBody, ...LargeBody[]] = [
  limit => ['deep lists', '['.repeat(limit / 2 - 10) + ']'.repeat(limit / 2 - 10)],
  ...(['[]', '{}', '[[]]', '{"a":{}}', '0', '1.5', '""', '"\\u00e9"', 'null', '{"name":""}', '{"kind":"User","name":"a"}'] as const).flatMap(item => [
    (limit: number): [string, string] => [`list of ${item}`, `[${repeated(`${item},`, limit - 20)}0]`],
    ...(['spec', 'status'] as const).map(field => (limit: number, base: string): [string, string] =>
      [`parent.${field} of ${item}`, withMember(base, '"parent":{', `"${field}":{"name":"shop","admins":[${repeated(`${item},`, limit - base.length - 200)}null]},"x":`)]),
    (limit: number, base: string): [string, string] => [`children of ${item}`, withMember(base, '"children":{', `"Role.rbac.authorization.k8s.io/v1":{${numbered(item, limit - base.length - 200)}},"x":`)],
    (limit: number, base: string): [string, string] => [`class with quotas of ${item}`, withMember(base, '"quotas":{', `"q":{${numbered(item, limit - base.length - 200)}},"x":`)]
  ]),
  limit => ['deep objects', `${'{"a":'.repeat(limit / 7)}0${'}'.repeat(limit / 7)}`],
  (_, base) => ['a deep spec', withMember(base, '"parent":{', `"spec":${'['.repeat(9_000)}${']'.repeat(9_000)},"x":`)],
  limit => ['one string', JSON.stringify('x'.repeat(limit - 10))],
  (limit, base) => ['a long key', withMember(base, '"children":{', `"${'k'.repeat(limit - base.length - 200)}":{"a":1,"b":2,"c":3},"x":`)],
  (limit, base) => ['a long name', base.replaceAll('"tenant-admin"', () => JSON.stringify('n'.repeat(Math.floor((limit - base.length) / 40))))],
  (limit, base) => ['an annotation of lists', withMember(base, '"annotations":{', `"metacontroller.k8s.io/last-applied-configuration":"[${repeated('[],', limit - base.length - 300)}0]","x":`)],
  (limit, base) => ['spaces', base + ' '.repeat(limit - base.length - 10)],
  limit => ['more than the limit', ' '.repeat(limit + 1)]
]
type LargeBody = (limit: number, base: string) => [made: string, body: string]

const repeated = (text: string, length: number) => text.repeat(Math.max(0, Math.floor(length / text.length)))

/** Members `"k0":item`, as many as fit. */
function numbered (item: string, length: number): string {
  const members: string[] = []
  for (let [index, left] = [0, length]; left > 0; index++) {
    const member = `"k${index}":${item}`
    left -= member.length + 1
    members.push(member)
  }
  return members.join(',')
}

/** Inserts a member before the first one of an object; the text ends with the name of a member that takes the old one. */
function withMember (json: string, opening: string, text: string): string {
  const at = json.indexOf(opening)
  return at < 0 ? json : `${json.slice(0, at + opening.length)}${text}null,${json.slice(at + opening.length)}`
}

function damaged (random: Random, json: string): string {
  const at = random.below(json.length)
  return random.oneOf([
    json.slice(0, at),
    json.slice(at),
    `${json.slice(0, at)}${random.oneOf(['{', '}', '"', '\\', ',', '\u0000', '\ufeff', '//'])}${json.slice(at)}`,
    json + json,
    ''
  ])
}

function randomValue (random: Random, depth: number): unknown {
  if (depth === 0 || random.chance(0.3)) return structuredClone(random.oneOf(strange))
  const items = Array.from({ length: random.below(5) }, () => randomValue(random, depth - 1))
  return random.chance(0.5) ? items : Object.fromEntries(items.map(item => [random.oneOf(keys), item]))
}

/** Changes one place of the request, and tells which. */
function mutate (random: Random, request: object, mutations: readonly [Mutation, ...Mutation[]]): string {
  const steps: string[] = []
  let at: unknown = request
  let parent: Record<string, unknown> | undefined
  let key = ''
  while (isContainer(at) && Object.keys(at).length > 0 && (parent === undefined || random.chance(0.8))) {
    parent = at
    key = random.oneOf(Object.keys(at) as [string, ...string[]])
    steps.push(key)
    at = at[key]
  }
  if (parent === undefined) return 'nothing'
  const change = random.oneOf(mutations)
  change.apply(random, parent, key)
  return `${change.name} ${steps.join('.').slice(0, 200)}`
}

interface Mutation { name: string, apply: (random: Random, parent: Record<string, unknown>, key: string) => void }

const mutations: readonly [Mutation, ...Mutation[]] = [
  { name: 'replace', apply: (random, parent, key) => { parent[key] = structuredClone(random.oneOf(strange)) } },
  { name: 'randomise', apply: (random, parent, key) => { parent[key] = randomValue(random, 4) } },
  { name: 'remove', apply: (_, parent, key) => { Reflect.deleteProperty(parent, key) } },
  { name: 'add beside', apply: (random, parent) => { parent[random.oneOf(keys)] = randomValue(random, 3) } },
  { name: 'add a kind beside', apply: (random, parent, key) => { parent[random.oneOf(kinds)] = structuredClone(parent[key]) } },
  { name: 'copy beside', apply: (random, parent, key) => { parent[`${key}-${random.below(9)}`] = structuredClone(parent[key]) } },
  { name: 'wrap', apply: (random, parent, key) => { parent[key] = random.chance(0.5) ? [parent[key]] : { [random.oneOf(keys)]: parent[key] } } },
  { name: 'nest', apply: (random, parent, key) => { for (let depth = random.below(300); depth > 0; depth--) parent[key] = [parent[key]] } }
]

/** At most once in a request: the product of several exceeds any string. */
const multiplication: Mutation = {
  name: 'multiply',
  apply: (random, parent, key) => { parent[key] = Array.from({ length: random.below(200) }, () => parent[key]) }
}

function isContainer (value: unknown): value is Record<string, unknown> {
  return isFields(value) || Array.isArray(value)
}
