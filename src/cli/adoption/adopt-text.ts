import type { Adoption } from '../../adoption/plan-adoption.ts'
import type { Change, Effects } from '../../adoption/effects.ts'
import type { BoundSubject } from '../../adoption/access-changes.ts'
import type { Restored } from '../../adoption/restored.ts'
import type { FieldChange } from '../../adoption/field-changes.ts'
import { group, labels, manager, ownershipLabel } from '../../api/group.ts'
import { displayName, isNamespace } from '../../kubernetes/object.ts'
import { isKeeper } from '../../tenancy/observed/ownership.ts'
import { plural } from '../../plural.ts'
import { columns, section } from '../output/layout.ts'

/**
 * Describes a plan: the labels and their effects, or the obstacles.
 * @param from the Tenants that have the namespace, where it moves
 */
export function adoptionText (plan: Adoption, from: readonly string[] = []): string {
  const { tenant, namespace, obstacles, claims, effects, uid } = plan
  const isMove = from.length > 0
  const title = obstacles.length > 0
    ? section(`Tenant ${tenant} cannot ${isMove ? 'get' : 'adopt'} namespace ${namespace}`, obstacles.map(obstacle => `! ${obstacle}`))
    : [
        isMove
          ? `Namespace ${namespace} moves from Tenant ${from.join(' and ')} to Tenant ${tenant} with everything in it.\n`
          : `Tenant ${tenant} adopts namespace ${namespace} with everything in it.\n`,
        ...section(`Labels to set: ${ownershipLabel}=${uid}, on the namespace ${isMove ? 'first' : 'last'}`,
          claims.length === 0 ? ['none: all are set'] : claimLines(plan, isMove ? '' : ', which no longer exists'))
      ]
  const deletion = obstacles.length > 0 ? [] : [`Afterwards, ${deletionEffect(plan)}.\n`]
  return [...title, ...deletion, ...(effects === undefined ? [] : effectSections(effects))].join('\n')
}

/** `deleting Tenant acme keeps the namespace`. */
export function deletionEffect ({ tenant, references }: Pick<Adoption, 'tenant' | 'references'>): string {
  return `deleting Tenant ${tenant} ${references.some(isKeeper) ? 'keeps the namespace' : 'deletes the namespace with its data'}`
}

function claimLines ({ tenant, claims, references }: Adoption, reason: string): string[] {
  const added = references.map(({ kind = '', name = '' }) => `${kind} ${name}`).join(' and ')
  return columns(claims.map(({ object, dangling }) => {
    const owners = dangling.map(({ kind = 'an owner', name = '' }) => `${kind} ${name}`.trim()).join(', ')
    const notes = [
      ...(isNamespace(object) ? [`with ${labels.tenant}=${tenant}, and set the ownerReference to ${added}`] : []),
      ...(dangling.length === 0 ? [] : [`and remove the ownerReference to ${owners}${reason}`])
    ]
    return [displayName(object), notes.join(', ')]
  }))
}

function effectSections ({ created, changed, removed, upToDate, unmanaged, access, restrictions }: Effects): string[] {
  const changes = [
    ...created.map(object => `+ ${object}`),
    ...changed.flatMap(changeLines),
    ...removed.map(object => `- ${object}  of an earlier Tenant, and not declared by this one`)
  ]
  return [
    ...section('Changes in the namespace (+ create, ~ change, - delete)',
      changes.length === 0 ? ['none: everything is up to date'] : changes),
    ...section('Unchanged', [
      ...(upToDate.length > 0 ? [`${plural(upToDate.length, 'object')} of the Tenant, already up to date`] : []),
      ...unmanaged.map(object => `${object}  is unmanaged and keeps granting access or opening traffic`),
      'everything else: workloads, volumes, config maps, secrets and all other data'
    ]),
    ...section('Access (+ gained, - lost, ~ other rules)', columns([
      ...access.gained.map(bound => accessCells('+', bound)),
      ...access.lost.map(bound => accessCells('-', bound)),
      ...access.changedRules.map(bound => accessCells('~', bound))
    ])),
    ...section('Stricter than today', restrictions.map(sentence => `! ${sentence}`))
  ]
}

function changeLines ({ object, replaces, writers, recreated, fields }: Change): string[] {
  const shown = fields.filter(change => !isOwnLabel(change))
  const notes = [
    ...(replaces ? ['unmanaged until now; its content is replaced'] : []),
    ...(recreated ? ['deleted and recreated'] : []),
    ...(writers.length > 0 ? [`written by ${writers.join(', ')}`] : []),
    ...(shown.length === 0 ? ['only labels of k8s-mtp'] : [])
  ]
  return [
    `~ ${object}${notes.length === 0 ? '' : `  ${notes.join('; ')}`}`,
    ...columns(shown.map(({ field, from, to }) => [`    ${field}`, `${from} -> ${to}`]))
  ]
}

/** All objects get these labels: listed for each, they would hide the changes that matter. */
function isOwnLabel ({ field, to }: FieldChange): boolean {
  return field.startsWith(`labels.${group}/`) || (field === `labels.${labels.managedBy}` && to === manager)
}

function accessCells (sign: string, { subject, role }: BoundSubject): string[] {
  return [`${sign} ${subject}`, role]
}

/** Lists the namespaces that `adopt --all` found. */
export function restoredText ({ adoptable, skipped, owned }: Restored): string {
  return [
    `${plural(owned, 'namespace')} already ${owned === 1 ? 'belongs to its Tenant' : 'belong to their Tenants'}.\n`,
    ...section('To adopt: the Tenant has a new uid, as after a restore', adoptable.length === 0
      ? ['none']
      : columns(adoptable.map(({ tenant, namespace }) => [namespace, `Tenant ${tenant}`]))),
    ...section('Skipped', columns(skipped.map(({ namespace, because }) => [namespace, because])))
  ].join('\n')
}
