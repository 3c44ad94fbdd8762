import { describe, expect, it } from 'vitest'
import type { RoleRule } from '../../../src/api/role-rule.ts'
import { sync } from '../../../src/hook/sync.ts'
import { identity, type KubernetesObject, type ObservedObject } from '../../../src/kubernetes/object.ts'
import { readRules, rulesBeyond } from '../../../src/kubernetes/role-rules.ts'
import { defaultClass, tenant } from '../../support/objects.ts'
import { applied, now, settled, syncRequest, type Strategy, type World } from '../../support/requests.ts'

const widgets: RoleRule = { apiGroups: ['widgets.example'], resources: ['widgets'], verbs: ['get', 'list'] }
const gadgets: RoleRule = { apiGroups: ['widgets.example'], resources: ['gadgets'], verbs: ['get'] }
const byHand: RoleRule = { apiGroups: [''], resources: ['nodes'], verbs: ['get'] }

const fresh: World = { tenant: tenant(), classes: [defaultClass()] }
const classWith = (...rules: RoleRule[]) => ({
  ...defaultClass(spec => { spec.roles.admin.rules = [...spec.roles.admin.rules.slice(1), ...rules] }),
  metadata: { name: 'default', generation: 2 }
})
/** The class with new rules and without its first one. */
const changed = (world: World, ...rules: RoleRule[]): World => ({ ...world, classes: [classWith(...rules)] })
const rulesOf = (object: KubernetesObject | undefined) => readRules(object?.['rules'])
const admin = ({ children }: { children?: readonly KubernetesObject[] }) =>
  children?.find(({ kind, metadata }) => kind === 'Role' && metadata.name === 'tenant-admin')
const isGranted = (rule: RoleRule, object: KubernetesObject | undefined) => rulesBeyond([rule], rulesOf(object)).length === 0

interface Step { world: World, status: NonNullable<ReturnType<typeof sync>['response']['status']>, corrected: unknown[] }

/** Applies responses as an engine without some permissions: the API server refuses Roles that grant them. */
function run (start: World, strategy: Strategy, refused: RoleRule[], seconds: readonly number[]): Step {
  let world = start
  let last: Step | undefined
  const corrected: unknown[] = []
  for (const second of seconds) {
    for (let round = 0; round < 100; round++) {
      const result = sync(syncRequest(world), new Date(now.getTime() + second * 1000))
      const children = result.response.children.flatMap((child): ObservedObject[] => {
        const before = world.children?.find(observed => identity(observed) === identity(child))
        const isRefused = child.kind === 'Role' && refused.some(rule => rulesBeyond(rulesOf(child), [rule]).length < rulesBeyond(rulesOf(child), []).length)
        return isRefused ? (before === undefined ? [] : [before]) : [applied(child, strategy)]
      })
      corrected.push(...result.corrected)
      const next = { ...world, children, status: result.response.status }
      const isSettled = JSON.stringify(next) === JSON.stringify(world)
      world = next
      last = { world, status: result.response.status, corrected }
      if (isSettled) break
    }
  }
  return last ?? expect.unreachable()
}

/** Every 20 seconds, as often as there may be attempts. */
const minutes = (count: number, from = 0) => Array.from({ length: count * 3 + 1 }, (_, index) => from + index * 20)
const conditionsOf = ({ status }: Step) => Object.fromEntries((status.conditions ?? []).map(({ type, reason, message }) => [type, { reason, message }]))

describe.each<Strategy>(['dynamic-apply', 'server-side-apply'])('a Role that the API server refuses under %s', strategy => {
  const running = settled(fresh, strategy).world
  const before = rulesOf(admin(running))
  const after = rulesOf(classWith(widgets).spec.roles.admin as unknown as KubernetesObject)

  it('keeps what its class still grants, loses what it no longer does, and gets all other new rules', () => {
    const { world, status } = run(changed(running, widgets, gadgets), strategy, [widgets], minutes(4))
    const role = admin(world)
    expect(isGranted(gadgets, role)).toBe(true)
    expect(isGranted(widgets, role)).toBe(false)
    expect(rulesBeyond(after.filter(rule => rulesBeyond([rule], before).length === 0), rulesOf(role))).toEqual([])
    expect(rulesBeyond(before.slice(0, 1), after)).not.toEqual([])
    expect(rulesBeyond(rulesOf(role), [...after, gadgets, ...before.slice(-2)])).toEqual([])
    expect(status.namespaces?.[0]).toMatchObject({ rollingOut: ['Role/tenant-admin'] })
    expect(status.namespaces?.[0]).not.toHaveProperty('drifted')
  })

  it('is reported with class, rule and command, and no command deletes it', () => {
    const conditions = conditionsOf(run(changed(running, widgets, gadgets), strategy, [widgets], minutes(4)))
    for (const { reason, message } of [conditions['Ready'], conditions['Stalled']].map(found => found ?? expect.unreachable())) {
      expect(reason).toBe('PermissionsNotGranted')
      expect(message).toContain('TenantClass default')
      expect(message).toContain('get, list widgets.widgets.example in Role/tenant-admin.')
      expect(message).not.toContain('gadgets')
      expect(message).toContain('k8s-mtp rbac --classes')
      expect(message).not.toContain('delete')
    }
  })

  it('is corrected meanwhile, and the change is reported beside it and counted once', () => {
    const stuck = run(changed(running, widgets), strategy, [widgets], minutes(2)).world
    const role = admin(stuck) ?? expect.unreachable()
    const [entry] = structuredClone((role as ObservedObject).metadata.managedFields ?? [])
    delete entry?.fieldsV1?.['f:rules']
    const tampered = {
      ...role,
      rules: [...role['rules'] as object[], byHand],
      metadata: { ...role.metadata, managedFields: [entry, { manager: 'kubectl-edit', operation: 'Update', fieldsV1: { 'f:rules': {} } }] }
    } as ObservedObject
    const world = { ...stuck, children: (stuck.children ?? []).map(child => child === role ? tampered : child) }
    const first = sync(syncRequest(world), new Date(now.getTime() + 130_000))
    expect(first.response.status.conditions).toEqual(expect.arrayContaining([
      expect.objectContaining({ type: 'Ready', reason: 'DriftDetected' }),
      expect.objectContaining({ type: 'Stalled', reason: 'PermissionsNotGranted' })
    ]))
    const corrected = run(world, strategy, [widgets], [130, 140, 160, 180])
    expect(rulesOf(admin(corrected.world))).toEqual(rulesOf(role))
    expect(corrected.corrected).toEqual([{ kind: 'Role', name: 'tenant-admin', what: 'rules' }])
    expect(corrected.status.corrected).toEqual([expect.objectContaining({ object: 'Role/tenant-admin', what: 'rules' })])
    expect(conditionsOf(corrected)).toMatchObject({ Ready: { reason: 'PermissionsNotGranted' }, Stalled: { reason: 'PermissionsNotGranted' } })
  })

  it('is up to date within 20 seconds once the permission is granted', () => {
    const { world } = run(changed(running, widgets, gadgets), strategy, [widgets], minutes(4))
    const granted = run(world, strategy, [], [260])
    expect(isGranted(widgets, admin(granted.world))).toBe(true)
    expect(granted.status.phase).toBe('Active')
    expect(granted.corrected).toEqual([])
  })

  it('of a new Tenant is created with all that can be granted', () => {
    const { world, status } = run(changed(fresh, widgets), strategy, [widgets], minutes(6))
    expect(rulesBeyond(after, rulesOf(admin(world)))).toEqual([{ ...widgets }])
    expect(status.conditions?.[0]).toMatchObject({ reason: 'PermissionsNotGranted' })
  })

  it('always has rules: an empty list is not stored, and would be written in each sync', () => {
    const stuck = run(changed(running, widgets), strategy, [widgets], minutes(2)).world
    const children = (stuck.children ?? []).map(child => child === admin(stuck) ? { ...child, rules: undefined } as ObservedObject : child)
    const { response } = sync(syncRequest({ ...stuck, children }), new Date(now.getTime() + 130_000))
    expect(rulesOf(admin(response))).not.toEqual([])
  })

  it('is not reported within 10 seconds', () => {
    const { status } = run(changed(running, widgets), strategy, [widgets], [0, 9])
    expect(status.conditions?.map(({ reason }) => reason)).toEqual(['RollingOut', 'RollingOut'])
  })

  it('that is missing because the name is in use is not reported as refused', () => {
    const others = { ...running, children: (running.children ?? []).filter(child => identity(child) !== identity(admin(running) ?? child)) }
    const nothing: RoleRule[] = rulesOf(admin(running))
    const { status } = run(others, strategy, nothing, minutes(2))
    expect(status.conditions?.[0]).toMatchObject({ reason: 'ObjectsMissing' })
  })
})

it.each<Strategy>(['dynamic-apply', 'server-side-apply'])('a new Tenant gets its Roles whole, however late its syncs are, under %s', strategy => {
  for (const delay of [1, 9, 10, 15, 60, 600]) {
    const returned: Array<KubernetesObject | undefined> = []
    let world: World = fresh
    for (let count = 0; count < 5; count++) {
      const { response } = sync(syncRequest(world), new Date(now.getTime() + count * delay * 1000))
      returned.push(admin(response))
      world = { ...world, children: response.children.map(child => applied(child, strategy)), status: response.status }
    }
    const roles = returned.filter(role => role !== undefined)
    expect(roles.length).toBeGreaterThan(2)
    for (const role of roles) expect(rulesOf(role), `${delay} s between syncs`).toEqual(rulesOf(admin(settled(fresh, strategy).world)))
  }
})
