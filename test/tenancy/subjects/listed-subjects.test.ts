import { describe, expect, it } from 'vitest'
import {
  accessEnd,
  hasAccess,
  isSubject,
  subjectKey,
  uniqueSubjects,
  type ListedSubject
} from '../../../src/tenancy/subjects/listed-subjects.ts'
import { secondsLater } from '../../support/contexts.ts'
import { now } from '../../support/requests.ts'

const past = '2026-11-22T11:59:59Z'
const soon = '2026-11-22T12:00:05Z'
const later = '2026-11-23T12:00:00Z'
const eve = (expiresAt?: string): ListedSubject =>
  ({ kind: 'User', name: 'eve', ...(expiresAt !== undefined && { expiresAt }) })

describe('isSubject', () => {
  it.each<[string, unknown, boolean]>([
    ['a user', { kind: 'User', name: 'ada' }, true],
    ['a ServiceAccount', { kind: 'ServiceAccount', name: 'deployer', namespace: 'ci' }, true],
    ['a subject of an unknown kind', { kind: 'Robot', name: 'r2' }, true],
    ['a subject with an unreadable end', { kind: 'User', name: 'ada', expiresAt: 5 }, true],
    ['a subject without a kind', { name: 'ada' }, false],
    ['a subject without a name', { kind: 'User' }, false],
    ['a subject whose name is a number', { kind: 'User', name: 1 }, false],
    ['a subject whose namespace is null', { kind: 'ServiceAccount', name: 'a', namespace: null }, false],
    ['text', 'ada', false],
    ['null', null, false],
    ['a list', [], false]
  ])('%s: %s', (_, value, expected) => {
    expect(isSubject(value)).toBe(expected)
  })
})

describe('subjectKey', () => {
  it.each<[string, ListedSubject, ListedSubject, boolean]>([
    ['a user and a group of one name', { kind: 'User', name: 'a' }, { kind: 'Group', name: 'a' }, false],
    [
      'ServiceAccounts of two namespaces',
      { kind: 'ServiceAccount', name: 'a', namespace: 'x' },
      { kind: 'ServiceAccount', name: 'a', namespace: 'y' },
      false
    ],
    ['two ends of one user', eve(past), eve(later), true],
    ['an empty namespace and none', { kind: 'User', name: 'a', namespace: '' }, { kind: 'User', name: 'a' }, true],
    [
      'a user and a ServiceAccount of a user name with a slash',
      { kind: 'User', name: 'x/a' },
      { kind: 'User', name: 'a', namespace: 'x' },
      false
    ]
  ])('is the same for %s: %s', (_, a, b, same) => {
    expect(subjectKey(a) === subjectKey(b)).toBe(same)
  })
})

describe('accessEnd', () => {
  it.each<[string, unknown, number]>([
    ['in UTC', soon, Date.parse(soon)],
    ['in another zone', '2026-11-22T13:00:05+01:00', Date.parse(soon)],
    ['absent', undefined, Infinity],
    ['words', 'soon', Infinity],
    ['seconds since 1970', 1798135200, Infinity],
    ['without a zone', '2026-11-22T12:00:05', Infinity],
    ['null', null, Infinity]
  ])('with an expiresAt that is %s', (_, expiresAt, end) => {
    expect(accessEnd({ kind: 'User', name: 'eve', expiresAt })).toBe(end)
  })
})

describe('hasAccess is', () => {
  it.each<[boolean, string, ListedSubject, Date]>([
    [true, 'without an end', eve(), secondsLater(1e9)],
    [true, 'a millisecond before the end', eve(soon), secondsLater(4.999)],
    [false, 'at the end', eve(soon), secondsLater(5)],
    [false, 'after the end', eve(past), now],
    [false, 'at an end in another zone', eve('2026-11-22T13:00:05+01:00'), secondsLater(5)],
    [true, 'with an end that cannot be read', eve('soon'), now]
  ])('%s %s', (expected, _, subject, time) => {
    expect(hasAccess(subject, time)).toBe(expected)
  })
})

describe('uniqueSubjects', () => {
  const user = (name: string) => ({ kind: 'User', name })
  it.each<[string, ListedSubject[], ListedSubject[]]>([
    ['keeps the later of two ends', [eve(past), eve(later)], [eve(later)]],
    ['keeps the later of two ends in another order', [eve(later), eve(past)], [eve(later)]],
    ['keeps the entry without an end', [eve(later), eve(), eve(past)], [eve()]],
    [
      'sorts by kind, namespace and name',
      [user('b'), { kind: 'Group', name: 'c' }, user('a')],
      [{ kind: 'Group', name: 'c' }, user('a'), user('b')]
    ],
    ['is empty for an empty list', [], []]
  ])('%s', (_, subjects, expected) => {
    expect(uniqueSubjects(subjects)).toEqual(expected)
  })
})
