import type { RoleRule } from '../api/role-rule.ts'
import { compareText } from './compare-text.ts'
import { isFields } from './json.ts'

const verbOrder = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection']

/**
 * Merges rules into few readable ones, in a fixed order. Each rule has one API group: with two, each group would also get
 * the resources of the other.
 */
export function mergedRules (rules: readonly RoleRule[]): RoleRule[] {
  const grants = rules.flatMap(grantsOf)
  const onAll = new Set(grants.filter(isOnAll).map(grant => JSON.stringify(grant)))
  const ofObjects = merged(grants.filter(({ resourceNames, ...grant }) =>
    resourceNames === undefined || !onAll.has(JSON.stringify(grant))), 'verbs')
  const named = merged(ofObjects.filter(grant => !isOnAll(grant)), 'resourceNames')
  return merged([...ofObjects.filter(isOnAll), ...named], 'resources').sort((a, b) => compareText(orderOf(a), orderOf(b)))
}

/** What both grant. A wildcard grants itself only. */
export function commonRules (a: readonly RoleRule[], b: readonly RoleRule[]): RoleRule[] {
  const [grantsOfA, grantsOfB] = [a.flatMap(grantsOf), b.flatMap(grantsOf)]
  return mergedRules([...grantsOfA.filter(isGrantedBy(grantsOfB)), ...grantsOfB.filter(isGrantedBy(grantsOfA))])
}

/** What the first grant beyond the second. */
export function rulesBeyond (wanted: readonly RoleRule[], granted: readonly RoleRule[]): RoleRule[] {
  const isGranted = isGrantedBy(granted.flatMap(grantsOf))
  return mergedRules(wanted.flatMap(grantsOf).filter(grant => !isGranted(grant)))
}

/** Splits rules by resource, the unit that is granted or refused. */
export function rulesByResource (rules: readonly RoleRule[]): RoleRule[] {
  return mergedRules(rules).flatMap(rule => rule.resources.map(resource => ({ ...rule, resources: [resource] })))
}

/** Reads the rules on resources of an observed Role, of any shape. */
export function readRules (value: unknown): RoleRule[] {
  const textsOf = (list: unknown) => Array.isArray(list) ? list.filter(item => typeof item === 'string') : []
  return (Array.isArray(value) ? value.filter(isFields) : []).map(rule => {
    const resourceNames = textsOf(rule['resourceNames'])
    return {
      apiGroups: textsOf(rule['apiGroups']),
      resources: textsOf(rule['resources']),
      ...(resourceNames.length > 0 && { resourceNames }),
      verbs: textsOf(rule['verbs'])
    }
  })
}

/** `get, list widgets.example.com`. */
export function formatRule ({ apiGroups: [group = ''], resources, resourceNames, verbs }: RoleRule): string {
  const names = resources.map(resource => group === '' ? resource : `${resource}.${group}`)
  return `${verbs.join(', ')} ${names.join(', ')}${resourceNames === undefined ? '' : ` (only ${resourceNames.join(', ')})`}`
}

function isGrantedBy (grants: readonly RoleRule[]): (grant: RoleRule) => boolean {
  const keys = new Set(grants.map(grant => JSON.stringify(grant)))
  return grant => {
    const { resourceNames: _, ...onAll } = grant
    return keys.has(JSON.stringify(grant)) || keys.has(JSON.stringify(onAll))
  }
}

/** Splits a rule: one verb on one object, or on all objects, of one resource. */
function grantsOf ({ apiGroups, resources, resourceNames, verbs }: RoleRule): RoleRule[] {
  const names = resourceNames?.map(name => ({ resourceNames: [name] })) ?? [{}]
  return apiGroups.flatMap(group => resources.flatMap(resource =>
    names.flatMap(name => verbs.map(verb => ({ apiGroups: [group], resources: [resource], ...name, verbs: [verb] })))))
}

function isOnAll ({ resourceNames }: RoleRule): boolean {
  return resourceNames === undefined
}

/** Merges rules that differ in one field only. */
function merged (rules: readonly RoleRule[], field: 'verbs' | 'resourceNames' | 'resources'): RoleRule[] {
  const byOthers = new Map<string, RoleRule>()
  for (const rule of rules) {
    const key = JSON.stringify({ ...rule, [field]: [] })
    const values = [...byOthers.get(key)?.[field] ?? [], ...rule[field] ?? []]
    byOthers.set(key, { ...rule, [field]: [...new Set(values)].sort(compareValues) })
  }
  return [...byOthers.values()]
}

/** Standard verbs in their usual order, then everything else by name. */
function compareValues (a: string, b: string): number {
  const place = (value: string) => verbOrder.includes(value) ? verbOrder.indexOf(value) : verbOrder.length
  return place(a) - place(b) || compareText(a, b)
}

function orderOf (rule: RoleRule): string {
  return JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames ?? '', rule.verbs])
}
