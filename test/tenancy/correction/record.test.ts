import { describe, expect, it } from 'vitest'
import { identity, type ObservedObject } from '../../../src/kubernetes/object.ts'
import { recordCorrections, withRecord } from '../../../src/tenancy/correction/record.ts'
import type { Comparison } from '../../../src/tenancy/drift/comparison.ts'
import { secondsLater, syncContext } from '../../support/contexts.ts'
import { comparison, manifestNamed } from '../../support/desired.ts'

const annotation = 'k8s-mtp.dev/corrected'
const quotaName = 'ResourceQuota/tenant-quota'
const pods = ['spec.hard.pods']
const atNoon = (what: string) => `2026-11-22T12:00:00Z ${what}`
const found = (what: string) => [{ kind: 'ResourceQuota', name: 'tenant-quota', what }]

interface Case {
  action: Comparison['action']
  paths?: string[]
  /** The observed annotation. */
  record?: string
  /** Names in the last status. */
  before?: { missing?: string[], drifted?: string[] }
  rollingOut?: boolean
  /** Since noon, the time of all tests. */
  seconds?: number
  /** When Ready changed last, in seconds since noon. */
  readySince?: number
}

function recorded ({ action, paths = pods, record, before = {}, rollingOut = false, seconds = 0, readySince = 0 }: Case) {
  const one = comparison(quotaName, action, paths)
  const metadata: ObservedObject['metadata'] | undefined = one.observed?.metadata
  if (metadata !== undefined && record !== undefined) metadata.annotations = { [annotation]: record }
  const context = syncContext({
    status: {
      namespaces: [{ name: 'tenant-acme-shop', phase: 'Active', ...before }],
      conditions: [
        {
          type: 'Ready',
          status: 'False',
          reason: 'DriftDetected',
          message: '',
          lastTransitionTime: secondsLater(readySince).toISOString()
        }
      ]
    }
  }, { now: secondsLater(seconds) })
  const { annotations, corrected, recurring } = recordCorrections([one], new Map(rollingOut || action === 'keep' ? [] : [[quotaName, paths]]), context)
  return { annotation: annotations.get(identity(one.manifest)), corrected, recurring }
}

describe('a missing object', () => {
  it.each<[string, Case, ReturnType<typeof recorded>]>([
    [
      'is recorded as deleted, and counted',
      { action: 'create' },
      { annotation: atNoon('deleted'), corrected: found('deleted'), recurring: false }
    ],
    [
      'is recorded again while it stays missing, and not counted again',
      { action: 'create', before: { missing: [quotaName] }, seconds: 30 },
      { annotation: '2026-11-22T12:00:30Z deleted', corrected: [], recurring: false }
    ],
    [
      'is recorded as recreated where it had drifted, and counted once',
      { action: 'create', before: { drifted: [quotaName] } },
      { annotation: atNoon('recreated'), corrected: found('recreated'), recurring: false }
    ],
    [
      'is no correction while it is rolled out',
      { action: 'create', rollingOut: true },
      { annotation: undefined, corrected: [], recurring: false }
    ]
  ])('%s', (_, input, expected) => {
    expect(recorded(input)).toEqual(expected)
  })
})

describe('an object that is up to date, recreated or rolled out', () => {
  it.each<[string, Case, string | undefined]>([
    ['keeps its record', { action: 'keep', record: '2026-11-22T11:00:00Z a' }, '2026-11-22T11:00:00Z a'],
    ['gets no record', { action: 'keep' }, undefined],
    ['loses an unreadable record', { action: 'keep', record: 'yesterday' }, undefined],
    ['is not recorded before it is deleted', { action: 'recreate' }, undefined],
    [
      'keeps its record when it is changed by a rollout',
      { action: 'correct', rollingOut: true, record: '2026-11-22T11:00:00Z a' },
      '2026-11-22T11:00:00Z a'
    ],
    ['gets no record for a rollout', { action: 'correct', rollingOut: true }, undefined]
  ])('%s', (_, input, expected) => {
    expect(recorded(input)).toEqual({ annotation: expected, corrected: [], recurring: false })
  })
})

describe('a drifted object', () => {
  it.each<[string, Case, string, string | undefined, boolean?]>([
    [
      'is recorded with all its paths, and counted',
      { action: 'correct', paths: ['a', 'b.c'] },
      atNoon('a, b.c'),
      'a, b.c'
    ],
    [
      'is recorded, and not counted, where the last status lists it',
      { action: 'correct', before: { drifted: [quotaName] } },
      atNoon('spec.hard.pods'),
      undefined
    ],
    [
      'is recorded again where the record cannot be read',
      { action: 'correct', record: 'yesterday' },
      atNoon('spec.hard.pods'),
      'spec.hard.pods'
    ],
    [
      'keeps a record of the same paths for 5 seconds',
      { action: 'correct', record: atNoon('spec.hard.pods'), seconds: 5 },
      atNoon('spec.hard.pods'),
      undefined,
      true
    ],
    [
      'is recorded and counted again after 5 seconds',
      { action: 'correct', record: atNoon('spec.hard.pods'), seconds: 6 },
      '2026-11-22T12:00:06Z spec.hard.pods',
      'spec.hard.pods'
    ],
    [
      'keeps a record of more paths',
      { action: 'correct', record: atNoon('spec.hard.cpu, spec.hard.pods') },
      atNoon('spec.hard.cpu, spec.hard.pods'),
      undefined,
      true
    ],
    [
      'keeps a record that was cut',
      { action: 'correct', record: atNoon('spec.hard.cpu...') },
      atNoon('spec.hard.cpu...'),
      undefined,
      true
    ],
    [
      'adds its paths to a recent record, and counts them',
      { action: 'correct', record: atNoon('spec.hard.cpu'), seconds: 5 },
      '2026-11-22T12:00:05Z spec.hard.cpu, spec.hard.pods',
      'spec.hard.pods'
    ],
    [
      'replaces an older record of other paths',
      { action: 'correct', record: '2026-11-22T11:00:00Z spec.hard.cpu' },
      atNoon('spec.hard.pods'),
      'spec.hard.pods'
    ],
    [
      'keeps a record of another replica whose clock is a minute ahead',
      { action: 'correct', record: '2026-11-22T12:01:00Z spec.hard.pods' },
      '2026-11-22T12:01:00Z spec.hard.pods',
      undefined,
      true
    ],
    [
      'replaces a record from beyond that',
      { action: 'correct', record: '2026-11-22T12:01:01Z spec.hard.pods' },
      atNoon('spec.hard.pods'),
      'spec.hard.pods'
    ],
    [
      'keeps its record while it has drifted for less than twice its age',
      {
        action: 'correct',
        before: { drifted: [quotaName] },
        record: atNoon('spec.hard.pods'),
        seconds: 30,
        readySince: -30
      },
      atNoon('spec.hard.pods'),
      undefined
    ],
    [
      'is recorded again from then on',
      {
        action: 'correct',
        before: { drifted: [quotaName] },
        record: atNoon('spec.hard.pods'),
        seconds: 31,
        readySince: -30
      },
      '2026-11-22T12:00:31Z spec.hard.pods',
      undefined
    ],
    [
      'is recorded and counted again where it was corrected in between',
      { action: 'correct', record: atNoon('spec.hard.pods'), seconds: 30, readySince: -30 },
      '2026-11-22T12:00:30Z spec.hard.pods',
      'spec.hard.pods'
    ]
  ])('%s', (_, input, expected, what, recurring = false) => {
    expect(recorded(input)).toEqual({
      annotation: expected,
      corrected: what === undefined ? [] : found(what),
      recurring
    })
  })
})

describe('withRecord', () => {
  const role = manifestNamed('Role/tenant-admin')
  const { kind, apiVersion, metadata: { name, namespace = '' } } = role
  const records = {
    annotations: new Map([[`${apiVersion}/${kind}/${namespace}/${name}`, atNoon('rules')]]),
    corrected: [],
    recurring: false
  }

  it('adds the record beside other annotations', () => {
    expect(withRecord({
      ...role,
      metadata: { ...role.metadata, annotations: { note: 'a' } }
    }, records).metadata.annotations).toEqual({ note: 'a', [annotation]: atNoon('rules') })
    expect(role.metadata.annotations).toBeUndefined()
  })

  it('returns other children as they are', () => {
    const other = manifestNamed('Role/tenant-viewer')
    expect(withRecord(other, records)).toBe(other)
  })
})

it('records each object by itself', () => {
  const { annotations, corrected, recurring } = recordCorrections([
    comparison(quotaName, 'correct', pods),
    comparison('Role/tenant-admin', 'create'),
    comparison('Role/tenant-viewer', 'keep')
  ], new Map([[quotaName, pods]]), syncContext())
  expect([...annotations.values()]).toEqual([atNoon('spec.hard.pods')])
  expect(corrected).toEqual(found('spec.hard.pods'))
  expect(recurring).toBe(false)
})
