import { plural } from '../../plural.ts'
import { groupsOf, type Group } from '../groups.ts'
import type { ClassChange, Danger, DiffReport, NamespaceChange, TenantChange } from '../report.ts'
import { effectLines, type Extent } from './effect-lines.ts'
import { permissionText } from './permission-text.ts'
import { firstLines, listed, words, type Line, type Words } from './words.ts'

/** A part of a report, with a heading of its own. */
export interface Section { heading: Words, isDangerous: boolean, lines: Line[], parts: Array<{ heading: Words, lines: Line[] }> }

/** Counts of all that changes, in one sentence. */
export function summaryText ({ summary: { tenants, namespaces, classes }, dangers }: DiffReport): string {
  const counts = [
    [tenants.added, `${plural(tenants.added, 'Tenant')} added`],
    [tenants.removed, `${plural(tenants.removed, 'Tenant')} removed`],
    [tenants.changed, `${plural(tenants.changed, 'Tenant')} changed`],
    [classes, `${plural(classes, 'TenantClass', 'TenantClasses')} changed`],
    ...Object.entries(namespaces).filter(([change]) => change !== 'changed')
      .map(([change, count]): [number, string] => [count, `${plural(count, 'namespace')} ${change}`])
  ] as const
  const parts = counts.filter(([count]) => count > 0).map(([, text]) => text)
  if (parts.length === 0) return 'No changes.'
  return `${parts.join(', ')}. ${dangers.length === 0 ? 'Nothing dangerous.' : `${plural(dangers.length, 'danger')}.`}`
}

export function dangerWords ({ kind, reason, class: ofClass, namespaces }: Danger, max: number): Words {
  const where: Words = namespaces.length === 0
    ? [' (no Tenant of the input)']
    : [namespaces.length === 1 ? ' in ' : ` in ${namespaces.length} namespaces: `, ...listed(namespaces, max)]
  if (kind === 'namespace-deleted') return ['deletes ', ...listed(namespaces, max), ', and all data in it: with the Tenant']
  if (kind === 'retention-removed') {
    const them = namespaces.length === 1 ? 'the namespace with its data' : 'these namespaces with their data'
    return ['changes deletionPolicy from Retain to Delete', ...where, `: a later deletion of the Tenant deletes ${them}`]
  }
  const verb = reason.slice(0, reason.indexOf(' '))
  const by: Words = ofClass === undefined ? [] : words`, by TenantClass ${ofClass}`
  return [`${verb} `, { quoted: reason.slice(verb.length + 1), isList: true }, ...where, ...by]
}

/** Classes, then Tenants: dangerous ones first. */
export function sectionsOf (report: DiffReport, extent: Extent): Section[] {
  const sections = [
    ...report.classes.map(tenantClass => classSection(tenantClass, extent)), ...groupsOf(report).map(group => groupSection(group, extent))
  ]
  return [...sections.filter(({ isDangerous }) => isDangerous), ...sections.filter(({ isDangerous }) => !isDangerous)]
}

function classSection (change: ClassChange, extent: Extent): Section {
  const { name, tenants, namespaces, overrides, roles } = change
  const reach: Words = tenants.length === 0
    ? [change.change === 'changed' ? ', which reaches no Tenant of the input' : '']
    : [`, which reaches ${plural(namespaces, 'namespace')} of ${plural(tenants.length, 'Tenant')}`]
  const lines: Line[] = [
    ...roles.flatMap(roleLines),
    ...effectLines(change, 'changed', extent, true),
    ...firstLines(overrides.map(({ field, before, after }) =>
      ({ sign: 'change', words: words`${`spec.${field.replace(/^spec\./, '')}: ${before} -> ${after}`}` })), extent.lines, 'fields')
  ]
  return {
    heading: [...words`TenantClass ${name} is ${[change.change]}`, ...reach],
    isDangerous: hasDanger(lines),
    lines: [...lines, ...(tenants.length > 0 ? [{ sign: 'note' as const, words: ['Tenants: ', ...listed(tenants, extent.names)] }] : [])],
    parts: []
  }
}

function roleLines ({ role, gained, lost }: ClassChange['roles'][number]): Line[] {
  const line = (sign: 'more' | 'less', verb: string, rules: typeof gained): Line[] =>
    rules.length === 0 ? [] : [{ sign, words: [...words`subjects with role ${role} `, verb, ...permissionText(rules)] }]
  return [...line('more', 'gain: ', gained), ...line('less', 'lose: ', lost)]
}

const hasDanger = (lines: readonly Line[]): boolean => lines.some(({ sign }) => sign === 'danger')

function groupSection ({ tenants }: Group, extent: Extent): Section {
  const [first] = tenants
  const isShared = tenants.length > 1
  const lines = tenantLines(first)
  const parts = first.namespaces.map((namespace, index) => ({
    heading: namespaceWords(namespace, tenants.map(({ namespaces }) => namespaces[index]?.name ?? ''), extent),
    lines: [...policyLines(namespace.deletionPolicy), ...effectLines(namespace, namespace.change, extent, isShared)]
  }))
  return {
    heading: isShared
      ? [`${tenants.length} Tenants are ${first.change} alike: `, ...listed(tenants.map(({ name }) => name), extent.names)]
      : words`Tenant ${first.name} is ${[first.change]}`,
    isDangerous: first.namespaces.some(({ change }) => change === 'deleted') || hasDanger(lines) ||
      parts.some(({ lines }) => hasDanger(lines)),
    lines,
    parts
  }
}

function policyLines (change: TenantChange['deletionPolicy']): Line[] {
  if (change === undefined) return []
  const { before = '', after = '' } = change
  const isDangerous = after === 'Delete'
  const meaning = isDangerous ? ': a later deletion of the Tenant deletes the data too' : ''
  return [{ sign: isDangerous ? 'danger' : 'change', words: [...words`deletionPolicy: ${before} -> ${after}`, meaning] }]
}

function tenantLines ({ baseIsInvalid, deletionPolicy, paused, isPaused }: TenantChange): Line[] {
  return [
    ...(baseIsInvalid === true
      ? [{ sign: 'note' as const, words: ['BASE is invalid, so that all is shown as new, and nothing is known about what is loosened'] }]
      : []),
    ...policyLines(deletionPolicy),
    ...(paused === undefined ? [] : [{ sign: 'change' as const, words: [paused.after ? 'is paused' : 'is resumed'] }]),
    ...(isPaused === true
      ? [{ sign: 'note' as const, words: ['paused: subjects that are removed lose access, and all else waits for spec.paused: false'] }]
      : [])
  ]
}

const outcomes: Record<NamespaceChange['change'], string> = {
  created: 'created',
  adopted: 'exists, and waits for k8s-mtp adopt',
  unlisted: 'unlisted: it is kept with its data',
  kept: 'kept: with deletionPolicy Retain, the API server deletes the Tenant only with --cascade=orphan',
  deleted: 'DELETED with its Tenant, with all data in it',
  changed: 'changed'
}

function namespaceWords ({ change, class: { before, after } }: NamespaceChange, names: readonly string[], extent: Extent): Words {
  const moved: Words = before !== undefined && after !== undefined && before !== after ? words`, class ${before} -> ${after}` : []
  const ofClass: Words = change === 'created' || change === 'adopted' ? words`, class ${after ?? ''}` : moved
  return ['Namespace ', ...listed(names, extent.names), ` ${outcomes[change]}`, ...ofClass]
}
