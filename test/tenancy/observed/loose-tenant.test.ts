import { describe, expect, it } from 'vitest'
import type { LooseTenant } from '../../../src/tenancy/observed/loose-tenant.ts'
import type { ListedSubject, SubjectsByRole } from '../../../src/tenancy/subjects/listed-subjects.ts'
import { looseTenant } from '../../support/contexts.ts'

/** In this order. */
const subjectsOf = (lists: Record<string, ListedSubject[] | undefined>): SubjectsByRole => ({ lists: new Map(Object.entries(lists)), others: [] })

const nothing: LooseTenant = {
  name: 'acme',
  namespace: undefined,
  className: undefined,
  paused: false,
  cordoned: false,
  subjects: { lists: new Map([['admin', undefined], ['operator', undefined], ['viewer', undefined]]), others: undefined },
  entries: new Map()
}
const empty = { admin: [], operator: [], viewer: [] }
const none = subjectsOf(empty)
const ada = { kind: 'User', name: 'ada' }

describe('reading a Tenant without validation', () => {
  it.each<[string, unknown, LooseTenant]>([
    ['knows its name only without a spec', undefined, nothing],
    ['knows its name only where the spec is null', null, nothing],
    ['knows its name only where the spec is a list', [{ name: 'shop' }], nothing],
    [
      'takes an absent list of subjects for an empty one',
      { name: 'shop' },
      { ...nothing, namespace: 'tenant-acme-shop', subjects: none }
    ],
    ['has no namespace where spec.name is no text', { name: 5 }, { ...nothing, subjects: none }],
    [
      'reads flags that are true',
      { paused: true, cordoned: true },
      { ...nothing, paused: true, cordoned: true, subjects: none }
    ],
    ['takes any other flag for false', { paused: 'true', cordoned: 1 }, { ...nothing, subjects: none }],
    [
      'reads each list by its role',
      { admins: [ada], operators: [{ ...ada, name: 'bob' }], viewers: [] },
      { ...nothing, subjects: subjectsOf({ admin: [ada], operator: [{ ...ada, name: 'bob' }], viewer: [] }) }
    ],
    [
      'cannot read a list that is no list',
      { admins: ada, operators: null, viewers: 'ada', roles: { auditor: ada } },
      { ...nothing, subjects: subjectsOf({ admin: undefined, operator: undefined, viewer: undefined, auditor: undefined }) }
    ],
    ['cannot read roles that are a list', { roles: [ada] }, { ...nothing, subjects: { ...none, others: undefined } }],
    ['cannot read roles that are null', { roles: null }, { ...nothing, subjects: { ...none, others: undefined } }],
    [
      'reads further roles by name',
      { roles: { deployer: [], constructor: [ada, null] } },
      { ...nothing, subjects: subjectsOf({ ...empty, constructor: [ada], deployer: [] }) }
    ],
    ['reads the roles of every class from their own fields only', { roles: { admin: [ada] } }, { ...nothing, subjects: none }],
    [
      'skips entries that are no subjects',
      { admins: [null, 'ada', { name: 'x' }, ada, [ada]] },
      { ...nothing, subjects: subjectsOf({ ...empty, admin: [ada] }) }
    ],
    [
      'keeps an entry with an unreadable end',
      { admins: [{ ...ada, expiresAt: 5 }] },
      { ...nothing, subjects: subjectsOf({ ...empty, admin: [{ ...ada, expiresAt: 5 }] }) }
    ]
  ])('%s', (_, spec, expected) => {
    const { subjects, ...others } = looseTenant(spec)
    expect({ ...others, subjects: { ...subjects, lists: [...subjects.lists] } })
      .toEqual({ ...expected, subjects: { ...expected.subjects, lists: [...expected.subjects.lists] } })
  })
})
