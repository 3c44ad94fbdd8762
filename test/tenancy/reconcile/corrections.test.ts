import { describe, expect, it } from 'vitest'
import { sync, type SyncResult } from '../../../src/hook/sync.ts'
import type { ObservedObject } from '../../../src/kubernetes/object.ts'
import { defaultClass, tenant } from '../../support/objects.ts'
import { applied, now, settled, syncRequest, type Strategy, type World } from '../../support/requests.ts'

const corrected = 'k8s-mtp.dev/corrected'
const fresh: World = { tenant: tenant(), classes: [defaultClass()] }
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000)

function changed (world: World, name: string, change: (object: ObservedObject) => void): World {
  const children = structuredClone(world.children ?? [])
  const found = children.find(({ metadata }) => metadata.name === name)
  if (found === undefined) throw new Error(`no object is named ${name}`)
  change(found)
  return { ...world, children }
}

const raise = (object: ObservedObject) => {
  object['spec'] = { hard: { ...defaultClass().spec.quotas['tenant-quota'], pods: '999' } }
}
const annotate = (value: string) =>
  ({ metadata }: ObservedObject) => { metadata.annotations = { ...metadata.annotations, [corrected]: value } }
const without = (world: World, name: string): World =>
  ({ ...world, children: (world.children ?? []).filter(({ metadata }) => metadata.name !== name) })
const recordOn = ({ response }: SyncResult, name: string) =>
  response.children.find(({ metadata }) => metadata.name === name)?.metadata.annotations?.[corrected]
const withRaisedQuota = () => changed(settled(fresh).world, 'tenant-quota', raise)

describe('a manual change', () => {
  it('is recorded with its path in the response that corrects it, and counted', () => {
    const result = sync(syncRequest(withRaisedQuota()), now)
    expect(recordOn(result, 'tenant-quota')).toBe('2026-11-22T12:00:00Z spec.hard.pods')
    expect(result.corrected).toEqual([{ kind: 'ResourceQuota', name: 'tenant-quota', what: 'spec.hard.pods' }])
  })

  it('is recorded as deleted where the object is missing', () => {
    const result = sync(syncRequest(without(settled(fresh).world, 'tenant-admin')), now)
    expect(recordOn(result, 'tenant-admin')).toBe('2026-11-22T12:00:00Z deleted')
  })

  it('is recorded as recreated where it cannot be corrected in place', () => {
    const world = changed(settled(fresh).world, 'tenant-limits', ({ metadata }) => {
      metadata.annotations = {
        'metacontroller.k8s.io/last-applied-configuration': '{'
      }
    })
    const first = sync(syncRequest(world), now)
    expect(first.response.children.map(({ metadata }) => metadata.name)).not.toContain('tenant-limits')
    const second = sync(syncRequest({ ...without(world, 'tenant-limits'), status: first.response.status }), now)
    expect(recordOn(second, 'tenant-limits')).toBe('2026-11-22T12:00:00Z recreated')
    expect([...first.corrected, ...second.corrected]).toHaveLength(1)
  })

  it('is recorded again while the record is not observed, and counted once', () => {
    const world = withRaisedQuota()
    const first = sync(syncRequest(world), now)
    const second = sync(syncRequest({ ...world, status: first.response.status }), later(3))
    expect(recordOn(second, 'tenant-quota')).toBe('2026-11-22T12:00:03Z spec.hard.pods')
    expect(second.corrected).toEqual([])
  })

  it('keeps its record for 5 seconds, and gets a new one after that', () => {
    const world = changed(withRaisedQuota(), 'tenant-quota', annotate('2026-11-22T12:00:00Z spec.hard.pods'))
    expect(recordOn(sync(syncRequest(world), later(5)), 'tenant-quota')).toBe('2026-11-22T12:00:00Z spec.hard.pods')
    expect(sync(syncRequest(world), later(5)).response.resyncAfterSeconds).toBe(6)
    expect(recordOn(sync(syncRequest(world), later(6)), 'tenant-quota')).toBe('2026-11-22T12:00:06Z spec.hard.pods')
  })

  it('is added to a record of a moment ago', () => {
    const world = changed(withRaisedQuota(), 'tenant-quota', annotate('2026-11-22T12:00:00Z spec.hard.cpu'))
    expect(recordOn(sync(syncRequest(world), later(1)), 'tenant-quota'))
      .toBe('2026-11-22T12:00:01Z spec.hard.cpu, spec.hard.pods')
  })

  it('is recorded in 256 characters at most', () => {
    const world = changed(settled(fresh).world, 'tenant-quota', object => {
      object['spec'] = {
        hard: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`count/widgets-${index}.example`, '1']))
      }
    })
    expect(recordOn(sync(syncRequest(world), now), 'tenant-quota')).toMatch(/^2026-11-22T12:00:00Z .{253}\.\.\.$/)
  })
})

/** The Tenant of a class that has another quota since the last sync, of which there is no other trace. */
const withRaisedDefault = () => ({
  ...settled(fresh).world,
  classes: [defaultClass(spec => { spec.quotas['tenant-quota'] = { ...spec.quotas['tenant-quota'], pods: '40' } })]
})

describe('a difference is no drift after', () => {
  const settledWorld = settled(fresh).world
  it.each<[string, World, string]>([
    [
      'a change of the Tenant',
      { ...settledWorld, tenant: tenant({ viewers: [{ kind: 'User', name: 'eve' }] }), generation: 2 },
      'unversioned'
    ],
    [
      'a change of the class',
      {
        ...settledWorld,
        classes: [
          {
            ...defaultClass(spec => { spec.quotas['tenant-more'] = { pods: 1 } }),
            metadata: { name: 'default', generation: 2 }
          }
        ]
      },
      'unversioned'
    ],
    ['a change of the version of k8s-mtp', withRaisedDefault(), '2.0.0'],
    ['the loss of the last status', { ...withRaisedDefault(), status: undefined }, 'unversioned'],
    ['a hold', { ...withRaisedQuota(), classes: [] }, 'unversioned']
  ])('%s', (_, world, version) => {
    const first = sync(syncRequest(world), now, version)
    expect(first.corrected).toEqual([])
    expect(JSON.stringify(first.response.children)).not.toContain(corrected)
    // Caches lag: what is rolling out is no drift in the next sync either.
    const second = sync(syncRequest({ ...world, status: first.response.status }), later(1), version)
    expect(second.corrected).toEqual([])
  })
})

describe.each<Strategy>(['dynamic-apply', 'server-side-apply'])('a manual change during a rollout under %s', strategy => {
  const raisedClass = withRaisedDefault().classes
  const rolling = (): World => ({ ...settled(fresh, strategy).world, classes: raisedClass, generation: 2 })
  const byOthers = (change: (object: ObservedObject) => void, ...fields: string[]) => (object: ObservedObject) => {
    change(object)
    const [entry] = object.metadata.managedFields ?? []
    if (strategy === 'dynamic-apply' || entry === undefined) return
    const tree = (path: string[]): object => path.reduceRight<object>((below, field) => ({ [`f:${field}`]: below }), {})
    for (const field of fields) {
      const path = field.split('/')
      const parent = path.slice(0, -1).reduce<Record<string, unknown>>(
        (owned, step) => owned[`f:${step}`] as Record<string, unknown>, entry.fieldsV1 ?? {})
      delete parent[`f:${path.at(-1)}`]
      object.metadata.managedFields?.push({ manager: 'kubectl-edit', operation: 'Update', fieldsV1: tree(path) as Record<string, unknown> })
    }
  }
  const hardOf = (object: ObservedObject) => (object as ObservedObject & { spec: { hard: Record<string, string> } }).spec.hard

  it.each<[string, string, (object: ObservedObject) => void, string]>([
    ['of the field that rolls out', 'tenant-quota', byOthers(object => { hardOf(object)['pods'] = '999' }, 'spec/hard/pods'), 'spec.hard.pods'],
    ['of another field', 'tenant-quota', byOthers(object => { hardOf(object)['cpu'] = '64' }, 'spec/hard/cpu'), 'spec.hard.cpu'],
    ['that adds a field', 'tenant-quota', byOthers(object => { hardOf(object)['services'] = '1' }, 'spec/hard/services'), 'spec.hard.services'],
    ['of another object', 'tenant-admin', byOthers(object => { object['rules'] = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] }, 'rules'), 'rules'],
    ['that removes the content', 'tenant-admin', byOthers(object => { delete object['rules'] }), 'rules'],
    ['that adds a list', 'default-deny', byOthers(object => { Object.assign(object['spec'] as object, { ingress: [{}] }) }, 'spec/ingress'), 'spec.ingress']
  ])('%s is recorded, and counted once', (_, name, change, what) => {
    const world = changed(rolling(), name, change)
    const first = sync(syncRequest(world), now)
    expect(first.corrected).toEqual([expect.objectContaining({ name, what })])
    expect(recordOn(first, name)).toBe(`2026-11-22T12:00:00Z ${what}`)
    expect(first.response.status.namespaces?.[0]?.rollingOut).toContain('ResourceQuota/tenant-quota')
    expect(first.response.status.namespaces?.[0]?.drifted).toHaveLength(1)
    // The API server refuses the object.
    const second = sync(syncRequest({ ...world, status: first.response.status }), later(30))
    expect(second.corrected).toEqual([])
    expect(second.response.status.namespaces?.[0]?.drifted).toHaveLength(1)
  })

  it('that deletes an object of a rollout that is stuck is recorded, and counted once', () => {
    const world = rolling()
    const { status } = sync(syncRequest(world), now).response
    const deleted = { ...without(world, 'tenant-quota'), status }
    const first = sync(syncRequest(deleted), later(30))
    expect(first.corrected).toEqual([{ kind: 'ResourceQuota', name: 'tenant-quota', what: 'deleted' }])
    expect(sync(syncRequest({ ...deleted, status: first.response.status }), later(31)).corrected).toEqual([])
  })

  it('is not detected where there was none', () => {
    expect(sync(syncRequest(rolling()), now).corrected).toEqual([])
  })
})

describe('the record of a correction', () => {
  it.each<Strategy>(['dynamic-apply', 'server-side-apply'])('is kept under %s if it is readable, whatever wrote it', strategy => {
    const { world } = settled(fresh, strategy)
    const recorded = changed(world, 'tenant-quota', annotate('2026-11-22T11:00:00Z whatever'))
    const { response } = settled(recorded, strategy)
    expect(response.status.phase).toBe('Active')
    expect(response.status.corrected).toEqual([
      {
        object: 'ResourceQuota/tenant-quota',
        namespace: 'tenant-acme-shop',
        what: 'whatever',
        time: '2026-11-22T11:00:00Z'
      }
    ])
  })

  it.each([
    '',
    'yesterday',
    '2026-13-45T00:00:00Z pods',
    '2026-11-22T11:00:00Z ',
    '2026-11-22T11:00:00Z a\nb',
    `2026-11-22T11:00:00Z ${'x'.repeat(257)}`
  ])('is drift itself if it is %j', garbage => {
    const result = sync(syncRequest(changed(settled(fresh).world, 'tenant-quota', annotate(garbage))), now)
    expect(recordOn(result, 'tenant-quota')).toBe(`2026-11-22T12:00:00Z metadata.annotations.${corrected}`)
    expect(result.response.status.corrected).toBeUndefined()
  })

  it('is not listed if it is from the future', () => {
    const { response } = sync(syncRequest(changed(settled(fresh).world, 'tenant-quota', annotate('2099-01-01T00:00:00Z all'))), now)
    expect(response.status.corrected).toBeUndefined()
  })
})

it('lists the last five corrections in the status, newest first', () => {
  const { world } = settled(fresh)
  const children = (world.children ?? []).map((child, index) => applied({
    ...child,
    metadata: { ...child.metadata, annotations: { [corrected]: `2026-11-22T10:00:0${index % 10}Z deleted` } }
  }))
  const times = sync(syncRequest({ ...world, children }), now).response.status.corrected?.map(({ time }) => time)
  expect(times).toEqual([...times ?? []].sort().toReversed())
  expect(times).toHaveLength(5)
})

describe.each<Strategy>(['dynamic-apply', 'server-side-apply'])('a key with a reserved prefix on the namespace under %s', strategy => {
  const reserving: World = {
    tenant: tenant(),
    classes: [
      defaultClass(spec => {
        spec.namespaceMetadata = {
          labels: { 'team.example/cost': 'a' },
          reservedPrefixes: ['team.example/']
        }
      })
    ]
  }
  it('is drift where the class does not list it, and any other key is not', () => {
    const { world } = settled(reserving, strategy)
    const add = (key: string) => ({ metadata }: ObservedObject) => { metadata.labels = { ...metadata.labels, [key]: 'x' } }
    const labelled = (key: string) => sync(syncRequest(changed(world, 'tenant-acme-shop', add(key))), now)
    expect(labelled('team.example/other').corrected).toEqual([
      { kind: 'Namespace', name: 'tenant-acme-shop', what: 'metadata.labels.team.example/other' }
    ])
    expect(labelled('other.example/team').corrected).toEqual([])
  })
})
