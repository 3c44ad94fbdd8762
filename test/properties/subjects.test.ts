import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Subject } from '../../src/api/subject.ts'
import { isFields } from '../../src/kubernetes/json.ts'
import type { KubernetesObject, ObservedObject } from '../../src/kubernetes/object.ts'
import { correct } from '../../src/tenancy/correction/correct.ts'
import type { RoleBindingManifest } from '../../src/tenancy/desired/manifest.ts'
import { roleBindings } from '../../src/tenancy/desired/role-binding.ts'
import { compare } from '../../src/tenancy/drift/comparison.ts'
import { withLastApplied } from '../stand-in/last-applied.ts'
import { dynamicApply } from '../stand-in/dynamic-apply.ts'
import { casesOfRun } from '../support/cases-of-run.ts'
import { now } from '../support/requests.ts'

/** Corrections after which no difference is left. A write that only drops a record may follow. */
const maxCorrections = 3
const cases = casesOfRun(10_000)
const seed = Number(process.env.K8S_MTP_SEED ?? Date.now() % 2 ** 31)
console.log(`subjects: ${cases} cases by each strategy, K8S_MTP_SEED=${seed}`)
const rbacGroup = 'rbac.authorization.k8s.io'

type Item = Record<string, string>

const names = fc.constantFrom('ada', 'bob', 'ci', 'constructor')
const subjects = fc.oneof(
  fc.record({ kind: fc.constantFrom('User' as const, 'Group' as const), name: names }),
  fc.record({ kind: fc.constant('ServiceAccount' as const), name: names, namespace: fc.constantFrom('dev', 'ops') })
)
const declared = fc.array(subjects, { maxLength: 5 })
const stored = subjects.map((subject): Item => 'namespace' in subject ? { ...subject } : { apiGroup: rbacGroup, ...subject })

/** Changes of a list by hand, at any position. */
const damage = fc.oneof(
  fc.record({ change: fc.constant('insert' as const), at: fc.nat(5), item: stored }),
  fc.record({ change: fc.constant('replace' as const), at: fc.nat(5), item: stored }),
  fc.record({ change: fc.constant('remove' as const), at: fc.nat(5) }),
  fc.record({ change: fc.constant('reverse' as const) }),
  fc.record({ change: fc.constant('duplicate' as const), at: fc.nat(5) }),
  fc.record({ change: fc.constant('empty' as const) })
)
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never

function damaged (items: readonly Item[], done: Damage): Item[] {
  switch (done.change) {
    case 'insert': return items.toSpliced(done.at, 0, done.item)
    case 'replace': return items.length === 0 ? [] : items.toSpliced(done.at % items.length, 1, done.item)
    case 'remove': return items.toSpliced(done.at, 1)
    case 'reverse': return items.toReversed()
    case 'duplicate': return [...items, ...items.slice(done.at, done.at + 1)]
    case 'empty': return []
  }
}

/** The binding of viewers that other bindings do not take subjects from. */
function manifestOf (listed: Subject[]): RoleBindingManifest {
  const [binding] = roleBindings('viewer', listed, { namespace: 'tenant-acme-shop', labels: {} }, now)
  return binding ?? expect.unreachable()
}

/** What the API server stores: empty fields and lists are dropped, and an apiGroup of another kind is refused. */
function storedObject (object: KubernetesObject): ObservedObject {
  const { subjects: given, ...others } = object
  const items = itemsOf(given).map(item => Object.fromEntries(Object.entries(item).filter(([, value]) => value !== '')) as Item)
  for (const { kind, apiGroup } of items) expect(apiGroup, String(kind)).toBe(kind === 'ServiceAccount' ? undefined : rbacGroup)
  return { ...others, ...(items.length > 0 && { subjects: items }) } as ObservedObject
}

function itemsOf (value: unknown): Item[] {
  return Array.isArray(value) ? value.filter(isFields) as Item[] : []
}

const keyOf = ({ kind, name, namespace = '' }: Item) => `${kind} ${namespace}/${name}`
const keysOf = (object: KubernetesObject) => new Set(itemsOf(object['subjects']).map(keyOf))

/** Applies as an engine does, to an object with the state that the strategy keeps on it. */
interface Strategy {
  /** The object after it was applied for the first time. */
  create (manifest: KubernetesObject): ObservedObject
  /** The object after the engine applied a child; undefined where nothing is written. */
  apply (observed: ObservedObject, child: KubernetesObject): ObservedObject | undefined
  edit (observed: ObservedObject, items: Item[]): ObservedObject
}

const resource = { apiVersion: `${rbacGroup}/v1`, kind: 'RoleBinding', name: 'rolebindings', namespaced: true } as never

const dynamic: Strategy = {
  create: manifest => storedObject(withLastApplied(manifest as never, manifest as never) as KubernetesObject),
  apply (observed, child) {
    const [write] = dynamicApply({ resource, parent: observed as never, observed: observed as never, desired: child as never, method: 'InPlace' })
    return write === undefined ? undefined : storedObject((write as unknown as { body: KubernetesObject }).body)
  },
  edit: (observed, items) => storedObject({ ...observed, subjects: items })
}

/** `subjects` is atomic: it has owners as a whole. Source: k8s.io/api/rbac/v1/types.go, +listType=atomic */
const entry = (manager: string, operation: string) => ({ manager, operation, fieldsV1: { 'f:subjects': {}, 'f:roleRef': {} } })
const serverSide: Strategy = {
  create: manifest => storedObject({ ...manifest, metadata: { ...manifest.metadata, managedFields: [entry('metacontroller', 'Apply')] } } as never),
  apply (observed, child) {
    const others = (observed.metadata.managedFields ?? []).filter(({ manager }) => manager !== 'metacontroller')
    const declares = child['subjects'] !== undefined
    const isChanged = JSON.stringify(observed['subjects']) !== JSON.stringify(child['subjects'])
    const ownedBefore = observed.metadata.managedFields?.some(({ manager, fieldsV1 }) => manager === 'metacontroller' && 'f:subjects' in (fieldsV1 ?? {}))
    const own = { ...entry('metacontroller', 'Apply'), fieldsV1: declares ? { 'f:subjects': {}, 'f:roleRef': {} } : { 'f:roleRef': {} } }
    const managedFields = [own, ...(declares && isChanged ? [] : others)]
    const kept = declares ? child['subjects'] : ownedBefore === true && others.length === 0 ? [] : observed['subjects']
    const after = storedObject({ ...observed, subjects: kept, metadata: { ...observed.metadata, managedFields } } as never)
    return JSON.stringify(after) === JSON.stringify(observed) ? undefined : after
  },
  edit: (observed, items) => storedObject({
    ...observed,
    subjects: items,
    metadata: { ...observed.metadata, managedFields: [{ ...entry('metacontroller', 'Apply'), fieldsV1: { 'f:roleRef': {} } }, entry('kubectl-edit', 'Update')] }
  } as never)
}

describe.each([['dynamic-apply', dynamic], ['server-side-apply', serverSide]] as const)('subjects, by %s', (_, strategy) => {
  it(`converge from any state within ${maxCorrections} corrections, and no declared subject loses access meanwhile`, () => {
    fc.assert(fc.property(declared, declared, fc.array(damage, { maxLength: 4 }), fc.boolean(), (before, after, damages, isLost) => {
      const manifest = manifestOf(after)
      const created = strategy.create(manifestOf(before))
      let observed = damages.reduce((object, done) => strategy.edit(object, damaged(itemsOf(object['subjects']), done)), created)
      if (isLost && strategy === dynamic) observed = withoutAnnotations(observed)

      let corrections = 0
      for (; ; corrections++) {
        const comparison = compare(manifest, observed)
        if (comparison.action === 'keep') break
        expect(comparison.action).toBe('correct')
        expect(corrections).toBeLessThan(maxCorrections)
        const [child] = correct(comparison)
        if (manifest.subjects !== undefined) expect(child).toHaveProperty('subjects')
        const kept = [...keysOf(manifest as never)].filter(key => keysOf(observed).has(key))
        observed = strategy.apply(observed, child ?? expect.unreachable()) ?? observed
        expect([...keysOf(observed)]).toEqual(expect.arrayContaining(kept))
      }
      expect(keysOf(observed)).toEqual(keysOf(manifest as never))
      // Forgetting what was adopted is one write at most.
      const settled = strategy.apply(observed, manifest) ?? observed
      expect(strategy.apply(settled, manifest)).toBeUndefined()
      expect(compare(manifest, settled).action).toBe('keep')
    }), { numRuns: cases, seed })
  })
})

function withoutAnnotations ({ metadata: { annotations, ...metadata }, ...object }: ObservedObject): ObservedObject {
  return { ...object, metadata } as ObservedObject
}
