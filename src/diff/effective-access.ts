import { boundIn } from '../adoption/access-changes.ts'
import type { RoleRule } from '../api/role-rule.ts'
import { mergedRules, rulesBeyond } from '../kubernetes/role-rules.ts'
import type { Manifest, RoleManifest } from '../tenancy/desired/manifest.ts'
import { readOwnNamespace, roleNameOf } from '../tenancy/desired/role.ts'
import { cacheByKey } from './cache-by-key.ts'
import type { AccessChange } from './report.ts'

/** The rules of a Role, with a key that equal ones share in all namespaces. */
interface Rules { key: string, rules: RoleRule[] }

/** Who has which roles in a namespace, and what these grant. */
export interface Access {
  namespace: string
  roles: ReadonlyMap<string, Rules>
  /** Names of roles by subject. */
  rolesOf: ReadonlyMap<string, string[]>
}

/** Stands for the name of the namespace: all of its roles may read it. */
const ownName = '{namespace}'

const texts = new WeakMap<object, string>()

/** A class has one object for a rule of all of its Tenants. */
function textOf (rule: object): string {
  const known = texts.get(rule)
  if (known !== undefined) return known
  const text = JSON.stringify(rule)
  texts.set(rule, text)
  return text
}

const ids = new Map<string, number>()

/** A short key for the text of rules. */
function idOf (text: string): string {
  const id = ids.get(text) ?? ids.size
  ids.set(text, id)
  return String(id)
}

export function accessIn (namespace: string, contents: readonly Manifest[]): Access {
  const own = JSON.stringify(readOwnNamespace(namespace))
  const roles = new Map(contents.filter(manifest => manifest.kind === 'Role').map(role => [nameOf(role.metadata.name), rulesOf(role, own)]))
  const rolesOf = new Map<string, string[]>()
  for (const { subject, role } of boundIn(contents).values()) {
    rolesOf.set(subject, [...rolesOf.get(subject) ?? [], nameOf(role.slice(role.indexOf('/') + 1))])
  }
  return { namespace, roles, rolesOf }
}

export const noAccess = (namespace: string): Access => ({ namespace, roles: new Map(), rolesOf: new Map() })

const nameOf = (objectName: string): string => roleNameOf(objectName) ?? objectName

function rulesOf ({ rules }: RoleManifest, own: string): Rules {
  const isOwn = (rule: RoleRule) => rule.resourceNames?.length === 1 && textOf(rule) === own
  const placed = (rules as RoleRule[]).map(rule => isOwn(rule) ? readOwnNamespace(ownName) : rule)
  return { key: idOf(placed.map(textOf).join()), rules: placed }
}

interface Difference { gained: RoleRule[], lost: RoleRule[] }

const differences = cacheByKey<Difference>()

/** Compares what two lists of roles grant together. */
function differenceBetween (had: readonly Rules[], has: readonly Rules[]): Difference {
  const keyOf = (all: readonly Rules[]) => all.map(({ key }) => key).sort().join()
  const rulesIn = (all: readonly Rules[]) => mergedRules(all.flatMap(({ rules }) => rules))
  return differences(`${keyOf(had)} ${keyOf(has)}`, () => {
    const [before, after] = [rulesIn(had), rulesIn(has)]
    return { gained: rulesBeyond(after, before), lost: rulesBeyond(before, after) }
  })
}

/** Compares the effective permissions of each subject. Subjects with the same roles before and after share one entry. */
export function accessChanges (before: Access, after: Access): AccessChange[] {
  const byRoles = new Map<string, AccessChange>()
  for (const subject of [...new Set([...before.rolesOf.keys(), ...after.rolesOf.keys()])].sort()) {
    const roles = { before: (before.rolesOf.get(subject) ?? []).sort(), after: (after.rolesOf.get(subject) ?? []).sort() }
    const key = JSON.stringify(roles)
    const known = byRoles.get(key)
    if (known === undefined) byRoles.set(key, { subjects: [subject], roles, ...changeOf(before, after, roles) })
    else known.subjects.push(subject)
  }
  return [...byRoles.values()].filter(({ roles, gained, lost }) =>
    gained.length + lost.length > 0 || roles.before.join() !== roles.after.join())
}

function changeOf (before: Access, after: Access, roles: AccessChange['roles']): Difference {
  const rulesIn = ({ roles: all }: Access, names: readonly string[]) => names.flatMap(name => all.get(name) ?? [])
  const { gained, lost } = differenceBetween(rulesIn(before, roles.before), rulesIn(after, roles.after))
  return { gained: gained.map(rule => inNamespace(rule, after.namespace)), lost: lost.map(rule => inNamespace(rule, before.namespace)) }
}

function inNamespace (rule: RoleRule, namespace: string): RoleRule {
  return rule.resourceNames?.[0] === ownName ? { ...rule, resourceNames: [namespace] } : rule
}

/** The roles of a class that change, with what their subjects gain and lose if they have no other role. */
export function roleChanges (before: Access, after: Access): Array<{ role: string } & Difference> {
  return [...new Set([...before.roles.keys(), ...after.roles.keys()])].flatMap(role => {
    const difference = changeOf(before, after, { before: [role], after: [role] })
    return difference.gained.length + difference.lost.length === 0 ? [] : [{ role, ...difference }]
  })
}
