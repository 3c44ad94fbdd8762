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
  if (found === undefined) throw new Error(`there is no ${name}`)
  change(found)
  return { ...world, children }
}

const raise = (object: ObservedObject) => { object['spec'] = { hard: { cpu: '500m', memory: '1Gi', pods: '999' } } }
const note = (value: string) => ({ metadata }: ObservedObject) => { metadata.annotations = { ...metadata.annotations, [corrected]: value } }
const without = (world: World, name: string): World => ({ ...world, children: (world.children ?? []).filter(({ metadata }) => metadata.name !== name) })
const noteOn = ({ response }: SyncResult, name: string) => response.children.find(({ metadata }) => metadata.name === name)?.metadata.annotations?.[corrected]
const raised = () => changed(settled(fresh).world, 'tenant-quota', raise)

describe('what somebody changed', () => {
  it('is noted with the path, in the same response that puts it right, and counted', () => {
    const result = sync(syncRequest(raised()), now)
    expect(noteOn(result, 'tenant-quota')).toBe('2026-11-22T12:00:00Z spec.hard.pods')
    expect(result.corrected).toEqual([{ kind: 'ResourceQuota', name: 'tenant-quota', what: 'spec.hard.pods' }])
  })

  it('is noted as deleted where it is gone', () => {
    const result = sync(syncRequest(without(settled(fresh).world, 'tenant-admin')), now)
    expect(noteOn(result, 'tenant-admin')).toBe('2026-11-22T12:00:00Z deleted')
  })

  it('is noted as made anew where it could not be put right in place', () => {
    const world = changed(settled(fresh).world, 'tenant-limits', ({ metadata }) => { metadata.annotations = { 'metacontroller.k8s.io/last-applied-configuration': '{' } })
    const first = sync(syncRequest(world), now)
    expect(first.response.children.map(({ metadata }) => metadata.name)).not.toContain('tenant-limits')
    const second = sync(syncRequest({ ...without(world, 'tenant-limits'), status: first.response.status }), now)
    expect(noteOn(second, 'tenant-limits')).toBe('2026-11-22T12:00:00Z recreated')
    expect([...first.corrected, ...second.corrected]).toHaveLength(1)
  })

  it('is noted again as long as the note is not there, and counted once', () => {
    const world = raised()
    const first = sync(syncRequest(world), now)
    const second = sync(syncRequest({ ...world, status: first.response.status }), later(3))
    expect(noteOn(second, 'tenant-quota')).toBe('2026-11-22T12:00:03Z spec.hard.pods')
    expect(second.corrected).toEqual([])
  })

  it('keeps its note when it is seen again within seconds, and gets a new one after', () => {
    const world = changed(raised(), 'tenant-quota', note('2026-11-22T12:00:00Z spec.hard.pods'))
    expect(noteOn(sync(syncRequest(world), later(5)), 'tenant-quota')).toBe('2026-11-22T12:00:00Z spec.hard.pods')
    expect(sync(syncRequest(world), later(5)).response.resyncAfterSeconds).toBe(6)
    expect(noteOn(sync(syncRequest(world), later(6)), 'tenant-quota')).toBe('2026-11-22T12:00:06Z spec.hard.pods')
  })

  it('is noted beside what was corrected a moment ago', () => {
    const world = changed(raised(), 'tenant-quota', note('2026-11-22T12:00:00Z spec.hard.cpu'))
    expect(noteOn(sync(syncRequest(world), later(1)), 'tenant-quota')).toBe('2026-11-22T12:00:01Z spec.hard.cpu, spec.hard.pods')
  })

  it('is cut to 256 characters', () => {
    const world = changed(settled(fresh).world, 'tenant-quota', object => { object['spec'] = { hard: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`count/widgets-${index}.example`, '1'])) } })
    expect(noteOn(sync(syncRequest(world), now), 'tenant-quota')).toMatch(/^2026-11-22T12:00:00Z .{253}\.\.\.$/)
  })
})

describe('no drift is', () => {
  const settledWorld = settled(fresh).world
  it.each<[string, World, string]>([
    ['a change of the Tenant', { ...settledWorld, tenant: tenant({ viewers: [{ kind: 'User', name: 'eve' }] }), generation: 2 }, 'unversioned'],
    ['a change of the class', { ...settledWorld, classes: [{ ...defaultClass(spec => { spec.quotas['tenant-more'] = { pods: 1 } }), metadata: { name: 'default', generation: 2 } }] }, 'unversioned'],
    ['another version', raised(), '2.0.0'],
    ['what is there under a status that says nothing', { ...raised(), status: undefined }, 'unversioned'],
    ['anything under hold', { ...raised(), classes: [] }, 'unversioned']
  ])('%s', (_, world, version) => {
    const first = sync(syncRequest(world), now, version)
    expect(first.corrected).toEqual([])
    expect(JSON.stringify(first.response.children)).not.toContain(corrected)
    // Caches lag: what is still to be rolled out is no drift in the next sync either.
    const second = sync(syncRequest({ ...world, status: first.response.status }), later(1), version)
    expect(second.corrected).toEqual([])
  })
})

describe('a note', () => {
  it.each<Strategy>(['dynamic-apply', 'server-side-apply'])('that can be read is returned as it is under %s, whoever wrote it, and all rests', strategy => {
    const { world } = settled(fresh, strategy)
    const noted = changed(world, 'tenant-quota', note('2026-11-22T11:00:00Z whatever'))
    const { response } = settled(noted, strategy)
    expect(response.status.phase).toBe('Active')
    expect(response.status.corrected).toEqual([{ object: 'ResourceQuota/tenant-quota', namespace: 'tenant-acme-shop', what: 'whatever', time: '2026-11-22T11:00:00Z' }])
  })

  it.each(['', 'yesterday', '2026-13-45T00:00:00Z pods', '2026-11-22T11:00:00Z ', '2026-11-22T11:00:00Z a\nb', `2026-11-22T11:00:00Z ${'x'.repeat(257)}`])('such as %j is drift itself', garbage => {
    const result = sync(syncRequest(changed(settled(fresh).world, 'tenant-quota', note(garbage))), now)
    expect(noteOn(result, 'tenant-quota')).toBe(`2026-11-22T12:00:00Z metadata.annotations.${corrected}`)
    expect(result.response.status.corrected).toBeUndefined()
  })

  it('from the future is not listed before all others', () => {
    const { response } = sync(syncRequest(changed(settled(fresh).world, 'tenant-quota', note('2099-01-01T00:00:00Z all'))), now)
    expect(response.status.corrected).toBeUndefined()
  })
})

it('the status lists the last five, newest first', () => {
  const { world } = settled(fresh)
  const children = (world.children ?? []).map((child, index) => applied({ ...child, metadata: { ...child.metadata, annotations: { [corrected]: `2026-11-22T10:00:0${index % 10}Z deleted` } } }))
  const times = sync(syncRequest({ ...world, children }), now).response.status.corrected?.map(({ time }) => time)
  expect(times).toEqual([...times ?? []].sort().toReversed())
  expect(times).toHaveLength(5)
})

describe.each<Strategy>(['dynamic-apply', 'server-side-apply'])('keys with a reserved prefix on the namespace under %s', strategy => {
  const reserving: World = { tenant: tenant(), classes: [defaultClass(spec => { spec.namespaceMetadata = { labels: { 'team.example/cost': 'a' }, reservedPrefixes: ['team.example/'] } })] }
  it('are drift where the class does not list them, and all other keys are not', () => {
    const { world } = settled(reserving, strategy)
    const labelled = (key: string) => sync(syncRequest(changed(world, 'tenant-acme-shop', ({ metadata }) => { metadata.labels = { ...metadata.labels, [key]: 'x' } })), now)
    expect(labelled('team.example/other').corrected).toEqual([{ kind: 'Namespace', name: 'tenant-acme-shop', what: 'metadata.labels.team.example/other' }])
    expect(labelled('other.example/team').corrected).toEqual([])
  })
})
