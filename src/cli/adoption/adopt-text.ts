import type { Adoption } from '../../adoption/plan-adoption.ts'
import type { Change, Effects } from '../../adoption/effects.ts'
import type { BoundSubject } from '../../adoption/access-changes.ts'
import type { Restored } from '../../adoption/restored.ts'
import type { FieldChange } from '../../adoption/field-changes.ts'
import { group, labels, manager, ownershipLabel } from '../../api/group.ts'
import { displayName } from '../../kubernetes/object.ts'
import { columns, plural, section } from '../output/layout.ts'

/** A plan for people: what is labelled, and what that does; or why not. */
export function adoptionText (plan: Adoption): string {
  const { tenant, namespace, obstacles, claims, effects } = plan
  const title = obstacles.length > 0
    ? section(`Tenant ${tenant} cannot take over namespace ${namespace} as it is`, obstacles.map(obstacle => `! ${obstacle}`))
    : [
    `Tenant ${tenant} takes over namespace ${namespace} with all that is in it.\n`,
    ...section(`Labels to be set: ${ownershipLabel}=${plan.uid}, the namespace last`, claims.length === 0 ? ['none: all are set already'] : claimLines(plan))
      ]
  return [...title, ...(effects === undefined ? [] : effectSections(effects))].join('\n')
}

function claimLines ({ claims }: Adoption): string[] {
  return columns(claims.map(({ object, dangling }) => [
    displayName(object),
    dangling.length === 0 ? '' : `and without the reference to ${dangling.map(({ kind = 'an owner', name = '' }) => `${kind} ${name}`.trim()).join(', ')}, which is gone`
  ]))
}

function effectSections ({ created, changed, removed, upToDate, unmanaged, access, restrictions }: Effects): string[] {
  const changes = [
    ...created.map(object => `+ ${object}`),
    ...changed.flatMap(changeLines),
    ...removed.map(object => `- ${object}  of an earlier Tenant of this name, and not declared any more`)
  ]
  return [
    ...section('What changes in the namespace (+ made, ~ changed, - deleted)', changes.length === 0 ? ['nothing: all is as declared'] : changes),
    ...section('What stays', [
      ...(upToDate.length > 0 ? [`${plural(upToDate.length, 'object')} ${upToDate.length === 1 ? 'is' : 'are'} as declared already`] : []),
      ...unmanaged.map(object => `${object}  is not of k8s-mtp and is left alone, with the rights or openings it gives`),
      'everything else: workloads, volumes, config maps, secrets and all other data'
    ]),
    ...section('Whose rights change (+ gains, - loses, ~ other rules)', columns([
      ...access.gained.map(right => rightCells('+', right)),
      ...access.lost.map(right => rightCells('-', right)),
      ...access.changedRules.map(right => rightCells('~', right))
    ])),
    ...section('What gets tighter than it is', restrictions.map(sentence => `! ${sentence}`))
  ]
}

function changeLines ({ object, replaces, recreated, fields }: Change): string[] {
  const shown = fields.filter(change => !isOurMark(change))
  const notes = [
    ...(replaces ? ['somebody else made it, and its content is replaced'] : []),
    ...(recreated ? ['deleted and made anew'] : []),
    ...(shown.length === 0 ? ['its labels of k8s-mtp only'] : [])
  ]
  return [`~ ${object}${notes.length === 0 ? '' : `  ${notes.join('; ')}`}`, ...columns(shown.map(({ field, from, to }) => [`    ${field}`, `${from} -> ${to}`]))]
}

/** All objects get these: shown each time, they hide what matters. */
function isOurMark ({ field, to }: FieldChange): boolean {
  return field.startsWith(`labels.${group}/`) || (field === `labels.${labels.managedBy}` && to === manager)
}

function rightCells (sign: string, { subject, role }: BoundSubject): string[] {
  return [`${sign} ${subject}`, role]
}

/** What `adopt --all` has found. */
export function restoredText ({ adoptable, skipped, owned }: Restored): string {
  return [
    `${plural(owned, 'namespace')} ${owned === 1 ? 'is its Tenant\'s' : 'are their Tenants\''} as it should be.\n`,
    ...section('Made for a Tenant that has another uid now, as after a restore; to be taken over', adoptable.length === 0 ? ['none'] : columns(adoptable.map(({ tenant, namespace }) => [namespace, `Tenant ${tenant}`]))),
    ...section('Left out', columns(skipped.map(({ namespace, because }) => [namespace, because])))
  ].join('\n')
}
