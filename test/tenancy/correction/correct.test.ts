import { describe, expect, it } from 'vitest'
import type { KubernetesObject, ObservedObject } from '../../../src/kubernetes/object.ts'
import { correct } from '../../../src/tenancy/correction/correct.ts'
import { desiredFor } from '../../../src/tenancy/desired/desired-state.ts'
import type { Manifest } from '../../../src/tenancy/desired/manifest.ts'
import { compare } from '../../../src/tenancy/drift/comparison.ts'
import { merge } from '../../stand-in/three-way-merge.ts'
import { defaultClass, tenant } from '../../support/objects.ts'
import { applied, type Strategy } from '../../support/requests.ts'

const annotation = 'metacontroller.k8s.io/last-applied-configuration'
const rbac = 'rbac.authorization.k8s.io'
const user = (name: string) => ({ apiGroup: rbac, kind: 'User', name })
const group = (name: string) => ({ apiGroup: rbac, kind: 'Group', name })

const { desired } = desiredFor(tenant({ admins: [{ kind: 'User', name: 'ada' }] }), defaultClass(), new Date())
function manifest (display: string): Manifest {
  const found = [
    desired?.namespace,
    ...desired?.contents ?? []
  ].filter(manifest => manifest !== undefined).find(({ kind, metadata }) => `${kind}/${metadata.name}` === display)
  if (found === undefined) throw new Error(`no manifest is named ${display}`)
  return found
}

const isUpToDate = (wanted: Manifest, object: ObservedObject) => compare(wanted, object).action === 'keep'
const corrected = (wanted: Manifest, object: ObservedObject) => correct(compare(wanted, object))

type Change = (object: ObservedObject & { spec?: Record<string, unknown>, subjects?: unknown[] }) => void
const spec = (change: (spec: Record<string, unknown>) => void): Change => object => { change(object.spec ??= {}) }
const label = (key: string, value: string): Change =>
  ({ metadata }) => { metadata.labels = { ...metadata.labels, [key]: value } }

const additions: Array<[string, string, Change]> = [
  ['a subject added to a binding', 'RoleBinding/tenant-admin', object => { object.subjects?.push(user('mallory')) }],
  [
    'a subject with the name of a declared one',
    'RoleBinding/tenant-admin',
    object => { object.subjects?.push(group('ada')) }
  ],
  [
    'two subjects of one name',
    'RoleBinding/tenant-admin',
    object => { object.subjects?.push(user('mallory'), group('mallory')) }
  ],
  [
    'a subject added to a binding without subjects',
    'RoleBinding/tenant-viewer',
    object => { object.subjects = [user('mallory')] }
  ],
  ['ingress allowed by a policy without rules', 'NetworkPolicy/default-deny', spec(spec => { spec['ingress'] = [{}] })],
  ['egress allowed by a policy without rules', 'NetworkPolicy/default-deny', spec(spec => { spec['egress'] = [{}] })],
  [
    'a policy restricted to some pods by labels',
    'NetworkPolicy/default-deny',
    spec(spec => { spec['podSelector'] = { matchLabels: { app: 'web' } } })
  ],
  [
    'a policy restricted to some pods by expressions',
    'NetworkPolicy/default-deny',
    spec(spec => { spec['podSelector'] = { matchExpressions: [{ key: 'app', operator: 'Exists' }] } })
  ],
  [
    'a resource added to a quota',
    'ResourceQuota/tenant-quota',
    spec(spec => { spec['hard'] = { ...spec['hard'] as object, services: '0' } })
  ],
  ['an added pod security label', 'Namespace/tenant-acme-shop', label('pod-security.kubernetes.io/exempt', 'yes')],
  ['an added label of our group', 'Role/tenant-admin', label('k8s-mtp.dev/owner', 'me')]
]

/** Applies a child to an observed object as dynamic-apply does. */
function applyDynamically (object: ObservedObject, desired: KubernetesObject): ObservedObject {
  const withOwner = {
    ...desired,
    metadata: {
      ...desired.metadata,
      labels: { ...desired.metadata.labels, 'controller-uid': object.metadata.labels?.['controller-uid'] }
    }
  }
  const last: unknown = JSON.parse(object.metadata.annotations?.[annotation] ?? '{}')
  const merged = merge(object, last, withOwner) as ObservedObject
  return {
    ...merged,
    metadata: {
      ...merged.metadata,
      annotations: { ...merged.metadata.annotations, [annotation]: JSON.stringify(withOwner) }
    }
  }
}

/** Applies a child by a forced server-side apply to an object with added fields: fields without an owner are removed. */
function applyServerSide (object: ObservedObject, desired: KubernetesObject): ObservedObject {
  const others = object.metadata.managedFields?.find(({ manager }) => manager === 'kubectl')?.fieldsV1 ?? {}
  return withOwners(kept(object, desired, others) as ObservedObject, desired, remaining(others, object, desired))
}

type Tree = Record<string, unknown>
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Desired fields win; another observed field stays only while another manager owns it. */
function kept (observed: Tree, desired: Tree, others: Tree): Tree {
  const unmanaged = Object.entries(observed).filter(([field]) => !Object.hasOwn(desired, field) && (Object.hasOwn(others, `f:${field}`) || [
    'managedFields',
    'uid',
    'ownerReferences',
    'status'
  ].includes(field)))
  const own = Object.entries(desired).map(([field, value]) => {
    const [present, below] = [observed[field], others[`f:${field}`]]
    return [field, isTree(value) && isTree(present) ? kept(present, value, isTree(below) ? below : {}) : value]
  })
  return Object.fromEntries([...unmanaged, ...own]) as Tree
}

/** Other managers keep a field that was not applied, or was applied with its observed value. */
function remaining (others: Tree, observed: Tree, desired: Tree): Tree {
  return Object.fromEntries(Object.entries(others).flatMap(([step, below]) => {
    const field = step.slice(2)
    const [present, value] = [observed[field], desired[field]]
    if (isTree(below) && Object.keys(below).length > 0 && isTree(present)) {
      const rest = remaining(below, present, isTree(value) ? value : {})
      return Object.keys(rest).length > 0 ? [[step, rest]] : []
    }
    return value === undefined || JSON.stringify(value) === JSON.stringify(present) ? [[step, below]] : []
  }))
}

function withOwners (object: ObservedObject, desired: KubernetesObject, others: Tree): ObservedObject {
  const engine = applied(desired, 'server-side-apply').metadata.managedFields ?? []
  return {
    ...object,
    metadata: {
      ...object.metadata,
      managedFields: [...engine, { manager: 'kubectl', operation: 'Update', fieldsV1: others }]
    }
  }
}

function addedFields (before: Tree, after: Tree): Tree {
  return Object.fromEntries(Object.entries(after).flatMap(([field, value]) => {
    const was = before[field]
    if (JSON.stringify(was) === JSON.stringify(value)) return []
    return [[`f:${field}`, isTree(value) ? addedFields(isTree(was) ? was : {}, value) : {}]]
  }))
}

function changedBy (display: string, change: Change, strategy: Strategy): ObservedObject {
  const before = applied(manifest(display), strategy)
  const object = structuredClone(before)
  change(object)
  return strategy === 'dynamic-apply' ? object : withOwners(object, manifest(display), addedFields(before, object))
}

describe.each<[Strategy, (object: ObservedObject, desired: KubernetesObject) => ObservedObject]>([
  ['dynamic-apply', applyDynamically],
  ['server-side-apply', applyServerSide]
])('under %s, correct removes in a few syncs', (strategy, apply) => {
  it.each(additions)('%s', (_, display, change) => {
    const wanted = manifest(display)
    let object = changedBy(display, change, strategy)
    expect(isUpToDate(wanted, object)).toBe(false)
    for (let syncs = 1; syncs <= 3 && !isUpToDate(wanted, object); syncs++) {
      const [child] = corrected(wanted, object)
      expect(child).toBeDefined()
      object = apply(object, child ?? wanted)
    }
    expect(isUpToDate(wanted, object)).toBe(true)
    expect(corrected(wanted, object)).toEqual([wanted])
  })
})

describe('an unmanaged list, until it is removed', () => {
  const toObjects = additions.filter(([, display]) => display !== 'Namespace/tenant-acme-shop')
  it.each(toObjects)('allows no traffic and binds no one: %s', (_, display, change) => {
    const child = JSON.stringify(corrected(manifest(display), changedBy(display, change, 'server-side-apply')))
    expect(child).not.toContain('mallory')
    expect(child).not.toContain('[{}]')
  })
})

describe('correct recreates', () => {
  it('a binding to another role', () => {
    const object = {
      ...applied(manifest('RoleBinding/tenant-viewer')),
      roleRef: { apiGroup: rbac, kind: 'Role', name: 'tenant-admin' }
    }
    expect(corrected(manifest('RoleBinding/tenant-viewer'), object)).toEqual([])
  })

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['of another shape than the object', '{"spec":"x"}']
  ])('an object whose last-applied annotation is %s', (_, text) => {
    const object = applied(manifest('ResourceQuota/tenant-quota'))
    object.metadata.annotations = { [annotation]: text }
    expect(isUpToDate(manifest('ResourceQuota/tenant-quota'), object)).toBe(false)
    expect(corrected(manifest('ResourceQuota/tenant-quota'), object)).toEqual([])
  })

  it('no namespace, whatever its annotation', () => {
    const object = applied(manifest('Namespace/tenant-acme-shop'))
    object.metadata.annotations = { [annotation]: '{' }
    expect(isUpToDate(manifest('Namespace/tenant-acme-shop'), object)).toBe(false)
    expect(corrected(manifest('Namespace/tenant-acme-shop'), object)).toEqual([manifest('Namespace/tenant-acme-shop')])
  })

  it('nothing for its annotation under server-side apply, which does not read it', () => {
    const object = applied(manifest('ResourceQuota/tenant-quota'), 'server-side-apply')
    object.metadata.annotations = { [annotation]: '{' }
    expect(isUpToDate(manifest('ResourceQuota/tenant-quota'), object)).toBe(true)
  })
})

it('leaves labels and annotations of other tools unchanged', () => {
  const object = changedBy('Namespace/tenant-acme-shop', label('istio-injection', 'enabled'), 'dynamic-apply')
  expect(corrected(manifest('Namespace/tenant-acme-shop'), object)).toEqual([manifest('Namespace/tenant-acme-shop')])
})
