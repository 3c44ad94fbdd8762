import { expect, it } from 'vitest'
import type { RoleRule } from '../../../src/api/role-rule.ts'
import { sync } from '../../../src/hook/sync.ts'
import type { KubernetesObject, ObservedObject } from '../../../src/kubernetes/object.ts'
import { defaultClass, tenant } from '../../support/objects.ts'
import { applied, now, settled, syncRequest, type Strategy, type World } from '../../support/requests.ts'

const byHand: RoleRule = { apiGroups: [''], resources: ['nodes'], verbs: ['get'] }
const isAdmin = ({ kind, metadata }: KubernetesObject) => kind === 'Role' && metadata.name === 'tenant-admin'

/** Syncs after so many seconds, while the API server refuses all updates of the Role: its creation and its deletion succeed. */
function run (start: World, strategy: Strategy, seconds: readonly number[]): { world: World, states: string[], corrected: unknown[] } {
  let world = start
  const states: string[] = []
  const corrected: unknown[] = []
  for (const second of seconds) {
    const result = sync(syncRequest(world), new Date(now.getTime() + second * 1000))
    const present = world.children?.find(isAdmin)
    const children = result.response.children.map(child => isAdmin(child) ? present ?? applied(child, strategy) : applied(child, strategy))
    const next = children.find(isAdmin)
    states.push(next === undefined ? 'deleted' : present === undefined ? 'created' : 'unchanged')
    corrected.push(...result.corrected)
    world = { ...world, children, status: result.response.status }
  }
  return { world, states, corrected }
}

function tampered (world: World, change: (rules: object[]) => object[]): World {
  const children = (world.children ?? []).map(child => isAdmin(child) ? { ...child, rules: change(child['rules'] as object[]) } as ObservedObject : child)
  return { ...world, children }
}

const running = (strategy: Strategy) => settled({ tenant: tenant(), classes: [defaultClass()] }, strategy).world

it.each<Strategy>(['dynamic-apply', 'server-side-apply'])(
  'a Role that grants too much and cannot be corrected for ten seconds is recreated under %s, and both are reported', strategy => {
    const before = running(strategy)
    const { world, states, corrected } = run(tampered(before, rules => [...rules, byHand]), strategy, [100, 101, 109, 111, 112, 113])
    expect(states).toEqual(['unchanged', 'unchanged', 'unchanged', 'deleted', 'created', 'unchanged'])
    expect(world.children?.find(isAdmin)?.['rules']).toEqual(before.children?.find(isAdmin)?.['rules'])
    expect(corrected).toEqual(['rules', 'recreated'].map(what => ({ kind: 'Role', name: 'tenant-admin', what })))
  }
)

it('one that grants too little is never deleted: it might not be created again', () => {
  const { states } = run(tampered(running('server-side-apply'), rules => rules.slice(1)), 'server-side-apply', [100, 111, 200, 900])
  expect(new Set(states)).toEqual(new Set(['unchanged']))
})
