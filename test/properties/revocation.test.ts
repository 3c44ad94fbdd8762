import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ObservedObject } from '../../src/kubernetes/object.ts'
import { isFields } from '../../src/kubernetes/json.ts'
import { sync } from '../../src/hook/sync.ts'
import { merge } from '../stand-in/three-way-merge.ts'
import { casesOfRun } from '../support/cases-of-run.ts'
import { defaultClass, tenant } from '../support/objects.ts'
import { now, settled, syncRequest, type Strategy, type World } from '../support/requests.ts'

const annotation = 'metacontroller.k8s.io/last-applied-configuration'
const names = ['ada', 'bob', 'eve', 'deployer']
const subjects = fc.uniqueArray(fc.record({
  kind: fc.constantFrom('User' as const, 'Group' as const),
  name: fc.constantFrom(...names)
}), { maxLength: 5, selector: ({ kind, name }) => `${kind}/${name}` })
type Subjects = Array<{ kind: 'User' | 'Group', name: string }>

/** The binding as the API server stores it, with what decides about its subjects. */
interface Stored {
  subjects: Subjects
  /** server-side-apply: who owns the field. */
  engineOwns: boolean
  othersOwn: boolean
  /** dynamic-apply: the annotation; undefined where it was removed. */
  recorded: { subjects?: Subjects } | undefined
}

/** One of every class, and further ones. */
const roles = fc.constantFrom('admin', 'auditor', 'constructor')
const tenantClass = defaultClass(spec => {
  spec.additionalRoles = { auditor: spec.roles.viewer, constructor: spec.roles.viewer }
})

const owners = fc.record({ engineOwns: fc.boolean(), othersOwn: fc.boolean() })
const records = fc.option(fc.record({ subjects }, { requiredKeys: [] }), { nil: undefined })

function observed (object: ObservedObject, { subjects, engineOwns, othersOwn, recorded }: Stored, strategy: Strategy): ObservedObject {
  const { subjects: _, ...rest } = object
  const { annotations: __, managedFields: ___, ...metadata } = object.metadata
  const owned = { 'f:roleRef': {}, 'f:subjects': {} }
  return {
    ...rest,
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: {
      ...metadata,
      ...(strategy === 'dynamic-apply' && recorded !== undefined && { annotations: { [annotation]: JSON.stringify(recorded) } }),
      ...(strategy === 'server-side-apply' && {
        managedFields: [
          ...(engineOwns ? [{ manager: 'metacontroller', operation: 'Apply', fieldsV1: owned }] : []),
          ...(othersOwn ? [{ manager: 'kubectl', operation: 'Update', fieldsV1: owned }] : [])
        ]
      })
    },
    ...(subjects.length > 0 && { subjects })
  }
}

/** What the API server has once the engine has applied the returned list; the list is atomic in server-side apply. */
function apply (before: Stored, returned: Subjects | undefined, strategy: Strategy): Stored {
  if (strategy === 'server-side-apply') {
    if (returned === undefined) {
      const isRemoved = before.engineOwns && !before.othersOwn
      return { ...before, subjects: isRemoved ? [] : before.subjects, engineOwns: false }
    }
    const isSame = JSON.stringify(returned) === JSON.stringify(before.subjects)
    return { ...before, subjects: returned, engineOwns: true, othersOwn: before.othersOwn && isSame }
  }
  const declared = returned === undefined ? {} : { subjects: returned }
  const merged = merge({ subjects: before.subjects }, before.recorded ?? {}, declared)
  return { ...before, subjects: isFields(merged) ? (merged['subjects'] ?? []) as Subjects : [], recorded: declared }
}

const keys = (list: Subjects) => new Set(list.map(({ kind, name }) => `${kind}/${name}`))

/** On hold by a class that does not exist. */
function respond (world: World, { role, spec }: { role: string, spec: object }, stored: Stored, strategy: Strategy): Subjects | undefined {
  const children = (world.children ?? []).map(child =>
    child.kind === 'RoleBinding' && child.metadata.name === `tenant-${role}` ? observed(child, stored, strategy) : child)
  const { response } = sync(syncRequest({ ...world, children, classes: [], tenant: tenant(spec) }), now)
  const binding = response.children.find(({ kind, metadata }) => kind === 'RoleBinding' && metadata.name === `tenant-${role}`)
  expect(binding).toHaveProperty('roleRef.name', `tenant-${role}`)
  return binding?.['subjects'] as Subjects | undefined
}

describe.each<Strategy>(['dynamic-apply', 'server-side-apply'])('on hold, by %s', strategy => {
  const { world } = settled({ tenant: tenant(), classes: [tenantClass] }, strategy)

  it('access that the Tenant does not list ends, and no other, with any owner and any record of the subjects; then nothing is written', () => {
    fc.assert(fc.property(subjects, subjects, roles, owners, records, (present, listedSubjects, role, { engineOwns, othersOwn }, recorded) => {
      const listed = keys(listedSubjects)
      const of = { role, spec: role === 'admin' ? { admins: listedSubjects } : { roles: { [role]: listedSubjects } } }
      const kept = [...keys(present)].filter(key => listed.has(key)).sort()
      let stored: Stored = { subjects: present, engineOwns, othersOwn, recorded }
      for (let round = 0; round < 4; round++) {
        const returned = respond(world, of, stored, strategy)
        stored = apply(stored, returned, strategy)
        // Two subjects of one name merge into one: see "one subject name per binding".
        if (new Set(present.map(({ name }) => name)).size === present.length) expect([...keys(stored.subjects)]).toEqual(expect.arrayContaining(kept))
      }
      expect([...keys(stored.subjects)].every(key => listed.has(key))).toBe(true)
      expect(apply(stored, respond(world, of, stored, strategy), strategy)).toEqual(stored)
    }), { numRuns: casesOfRun(300) })
  })
})
