import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ObservedObject } from '../../../src/kubernetes/object.ts'
import {
  formatRecord,
  isRecorded,
  lastCorrected,
  maxClockSkew,
  readRecord,
  recordedPaths
} from '../../../src/tenancy/observed/correction-record.ts'
import { secondsLater, syncContext } from '../../support/contexts.ts'
import { now } from '../../support/requests.ts'

const annotation = 'k8s-mtp.dev/corrected'
const withRecord = (text: string | undefined) =>
  ({ metadata: { name: 'x', ...(text !== undefined && { annotations: { [annotation]: text } }) } })
const time = new Date('2026-11-22T11:00:00Z')

describe('readRecord', () => {
  it.each<[string, string | undefined, { time: Date, what: string } | undefined]>([
    ['reads a path', '2026-11-22T11:00:00Z spec.hard.pods', { time, what: 'spec.hard.pods' }],
    ['reads several paths', '2026-11-22T11:00:00Z a, b', { time, what: 'a, b' }],
    ['reads 256 characters', `2026-11-22T11:00:00Z ${'x'.repeat(256)}`, { time, what: 'x'.repeat(256) }],
    ['reads no absent record', undefined, undefined],
    ['reads no empty record', '', undefined],
    ['reads no record without paths', '2026-11-22T11:00:00Z ', undefined],
    ['reads no 257 characters', `2026-11-22T11:00:00Z ${'x'.repeat(257)}`, undefined],
    ['reads no other alphabet', '2026-11-22T11:00:00Z é', undefined],
    ['reads no line break', '2026-11-22T11:00:00Z a\nb', undefined],
    ['reads no line break at the end', '2026-11-22T11:00:00Z a\n', undefined],
    ['reads no fraction of a second', '2026-11-22T11:00:00.5Z a', undefined],
    ['reads no other zone', '2026-11-22T11:00:00+01:00 a', undefined],
    ['reads no month 13', '2026-13-22T11:00:00Z a', undefined],
    ['reads no hour 25', '2026-11-22T25:00:00Z a', undefined],
    ['reads no time of another century', '1926-11-22T11:00:00Z a', undefined],
    ['reads no text before the time', ' 2026-11-22T11:00:00Z a', undefined]
  ])('%s', (_, text, expected) => {
    expect(readRecord(withRecord(text))).toEqual(expected)
  })
})

describe('formatRecord', () => {
  it.each<[string, string[], string]>([
    ['joins the paths', ['a.b', 'c'], 'a.b, c'],
    ['replaces other characters than printable ASCII', ['metadata.labels.é\n'], 'metadata.labels.??'],
    ['keeps 256 characters', ['x'.repeat(256)], 'x'.repeat(256)],
    ['cuts 257 characters to 256', ['x'.repeat(257)], `${'x'.repeat(253)}...`]
  ])('%s', (_, what, expected) => {
    expect(formatRecord(new Date('2026-11-22T11:00:00.999Z'), what)).toBe(`2026-11-22T11:00:00Z ${expected}`)
  })

  it('writes records that can be read', () => {
    fc.assert(fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), what => {
      expect(readRecord(withRecord(formatRecord(time, what)))?.time).toEqual(time)
    }))
  })
})

describe('isRecorded', () => {
  it.each<[string, string[], string, boolean]>([
    ['all paths are in the record', ['b'], 'a, b', true],
    ['one of the paths is not', ['a', 'c'], 'a, b', false],
    ['a path only begins like one in the record', ['spec.hard'], 'spec.hard.pods', false],
    ['the record was cut', ['z'], 'a, b...', true],
    ['the record has one word', ['spec'], 'recreated', false]
  ])('where %s', (_, paths, what, expected) => {
    expect(isRecorded(paths, { time, what })).toBe(expected)
  })

  it('reads back what formatRecord wrote', () => {
    expect(recordedPaths({ time, what: 'a, b' })).toEqual(['a', 'b'])
  })
})

describe('lastCorrected', () => {
  const role = (name: string, record: string, labels: Record<string, string> = {
    'app.kubernetes.io/managed-by': 'k8s-mtp',
    'k8s-mtp.dev/tenant': 'acme'
  }): ObservedObject =>
    ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name, namespace: 'tenant-acme-shop', labels, annotations: { [annotation]: record } }
    })
  const listed = (...children: ObservedObject[]) => {
    const { tenant, observed } = syncContext({ children })
    return lastCorrected(tenant, observed, now).map(({ object }) => object)
  }
  const stamp = (seconds: number) => secondsLater(seconds).toISOString().replace('.000', '')

  it.each<[string, ObservedObject[], string[]]>([
    [
      'lists the newest first, and objects of one time by name',
      [role('b', '2026-11-22T11:00:00Z x'), role('a', '2026-11-22T11:00:00Z x'), role('c', '2026-11-22T11:00:01Z x')],
      ['Role/c', 'Role/a', 'Role/b']
    ],
    [
      'lists five at most',
      [1, 2, 3, 4, 5, 6].map(second => role(`r${second}`, `2026-11-22T11:00:0${second}Z x`)),
      ['Role/r6', 'Role/r5', 'Role/r4', 'Role/r3', 'Role/r2']
    ],
    ['leaves out objects that the Tenant did not produce', [role('a', '2026-11-22T11:00:00Z x', {})], []],
    ['leaves out unreadable records', [role('a', 'yesterday')], []],
    [
      'lists a record within the clock skew of two replicas',
      [role('a', `${stamp(maxClockSkew / 1000)} x`)],
      ['Role/a']
    ],
    ['leaves out a record from beyond it', [role('a', `${stamp(maxClockSkew / 1000 + 1)} x`)], []]
  ])('%s', (_, children, expected) => {
    expect(listed(...children)).toEqual(expected)
  })

  it('names the namespace of an object, and none for the namespace itself', () => {
    const namespace: ObservedObject = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'tenant-acme-shop', annotations: { [annotation]: '2026-11-22T11:00:00Z metadata.labels.team' } }
    }
    const { tenant, observed } = syncContext({ children: [role('a', '2026-11-22T11:00:01Z deleted'), namespace] })
    expect(lastCorrected(tenant, observed, now)).toStrictEqual([
      { object: 'Role/a', namespace: 'tenant-acme-shop', what: 'deleted', time: '2026-11-22T11:00:01Z' },
      { object: 'Namespace/tenant-acme-shop', what: 'metadata.labels.team', time: '2026-11-22T11:00:00Z' }
    ])
  })
})
