import type { RoleRule } from '../api/role-rule.ts'

const verbOrder = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection']

/** One verb on one object, or on all objects (''), of a resource. */
interface Grant { group: string, resource: string, name: string, verb: string }

/**
 * Merges rules into few readable ones, in a fixed order. Each rule has one API group: with two, each group would also get
 * the resources of the other.
 */
export function mergedRules (rules: readonly RoleRule[]): RoleRule[] {
  const grants = rules.flatMap(grantsOf)
  const onAll = new Set(grants.filter(({ name }) => name === '').map(keyOf))
  const needed = grants.filter(grant => grant.name === '' || !onAll.has(keyOf({ ...grant, name: '' })))
  const ofObjects = groupBy(needed, ({ group, resource, name }) => [group, resource, name]).map(([{ group, resource, name }, same]) =>
    ({ group, resource, name, verbs: sortedVerbs(same.map(({ verb }) => verb)) }))
  const ofResources = groupBy(ofObjects, ({ group, resource, name, verbs }) => [group, resource, name === '', verbs])
    .map(([{ group, resource, verbs }, same]) =>
      ({ group, resource, names: sorted(same.map(({ name }) => name)).filter(name => name !== ''), verbs }))
  return groupBy(ofResources, ({ group, names, verbs }) => [group, names, verbs])
    .map(([{ group, names, verbs }, same]) => ({
      apiGroups: [group],
      resources: sorted(same.map(({ resource }) => resource)),
      ...(names.length > 0 && { resourceNames: names }),
      verbs
    }))
    .sort((a, b) => compare(orderOf(a), orderOf(b)))
}

function grantsOf ({ apiGroups, resources, resourceNames = [''], verbs }: RoleRule): Grant[] {
  return apiGroups.flatMap(group => resources.flatMap(resource =>
    resourceNames.flatMap(name => verbs.map(verb => ({ group, resource, name, verb })))))
}

function keyOf ({ group, resource, name, verb }: Grant): string {
  return JSON.stringify([group, resource, name, verb])
}

function groupBy<T> (items: T[], key: (item: T) => unknown): Array<[first: T, all: T[]]> {
  const groups = new Map<string, [T, T[]]>()
  for (const item of items) {
    const id = JSON.stringify(key(item))
    const known = groups.get(id)
    if (known === undefined) groups.set(id, [item, [item]])
    else known[1].push(item)
  }
  return [...groups.values()]
}

function sorted (names: string[]): string[] {
  return [...new Set(names)].sort(compare)
}

/** Standard verbs in their usual order, then custom ones. */
function sortedVerbs (verbs: string[]): string[] {
  const place = (verb: string) => verbOrder.includes(verb) ? verbOrder.indexOf(verb) : verbOrder.length
  return sorted(verbs).sort((a, b) => place(a) - place(b))
}

function orderOf (rule: RoleRule): string {
  return JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames ?? '', rule.verbs])
}

/** By code units: the locale of a machine must not change generated files. */
function compare (a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
