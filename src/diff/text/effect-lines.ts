import type {
  AccessChange, BoundChange, Effects, ExpiryChange, LimitChange, MetadataChange, NamespaceChange, Path, QuotaChange
} from '../report.ts'
import { boundText, limitText, pathText } from './effect-text.ts'
import { permissionText } from './permission-text.ts'
import { firstLines, listed, words, type Line, type Words } from './words.ts'

/** How many names and lines are shown. */
export interface Extent { names: number, lines: number }

/**
 * Says what changes in a namespace, a line each.
 * @param isShared true for namespaces of several Tenants: those with a role are not named
 */
export function effectLines (effects: Effects, change: NamespaceChange['change'], { names, lines }: Extent, isShared: boolean): Line[] {
  const { access, expiry, quotas, limits, network, bounds, metadata } = effects
  const ofAccess = firstLines(access.flatMap(each => accessLines(each, names, isShared)), lines, 'lines about access')
  if (change === 'deleted' || change === 'kept') return ofAccess
  const isNew = change === 'created' || change === 'adopted'
  const opened = network.opened.filter(path => !isNew || !isOfEveryNamespace(path))
  return [
    ...ofAccess,
    ...firstLines(expiry.flatMap(expiryLines), lines, 'changes of expiresAt'),
    ...(isNew ? newQuotas(quotas) : firstLines(quotas.map(quotaLine), lines, 'amounts of quotas')),
    ...(isNew ? [] : firstLines(limits.map(limitLine), lines, 'amounts of limits')),
    ...firstLines(opened.map(path => pathLine(path, 'opens', isNew)), lines, 'opened paths'),
    ...firstLines(network.closed.map(path => pathLine(path, 'closes', isNew)), lines, 'closed paths'),
    ...firstLines(bounds.map(boundLine), lines, 'bounds'),
    ...firstLines(metadata.map(metadataLine), lines, 'labels and annotations')
  ]
}

function accessLines (change: AccessChange, max: number, isShared: boolean): Line[] {
  const { subjects, roles: { before, after }, gained, lost } = change
  const isSame = before.join() === after.join()
  const isAnyone = isShared && isSame
  const who = isAnyone ? ['subjects'] : listed(subjects, max)
  const [gain, lose] = subjects.length === 1 && !isAnyone ? ['gains', 'loses'] : ['gain', 'lose']
  const roles = (all: readonly string[]): Words => [all.length === 1 ? 'role ' : 'roles ', ...listed(all, max)]
  const newRoles: Words = before.length === 0 ? [' ', ...roles(after)] : []
  const oldRoles: Words = after.length === 0 ? [' ', ...roles(before), ', and with it all access'] : []
  const more = (how: Words): Line =>
    ({ sign: 'more', words: [...who, ...how, ` ${gain}`, ...newRoles, ': ', ...permissionText(gained)] })
  const less = (how: Words): Line =>
    ({ sign: 'less', words: [...who, ...how, ` ${lose}`, ...oldRoles, ': ', ...permissionText(lost)] })
  if (before.length === 0) return [more([])]
  if (after.length === 0) return [less([])]
  const how: Words = isSame ? [' with ', ...roles(before)] : [' (', ...roles(before), ' -> ', ...listed(after, max), ')']
  const unchanged: Line = { sign: 'change', words: [...who, ...how, ': the same permissions'] }
  return movedLines(change, { more: more(how), less: less(how), unchanged })
}

function movedLines ({ gained, lost }: AccessChange, { more, less, unchanged }: Record<'more' | 'less' | 'unchanged', Line>): Line[] {
  const changed = [...(gained.length > 0 ? [more] : []), ...(lost.length > 0 ? [less] : [])]
  return changed.length > 0 ? changed : [unchanged]
}

/** The end of access that is no longer listed tells nothing. */
function expiryLines ({ subject, role, before, after, hasEnded }: ExpiryChange): Line[] {
  if (after === undefined) return []
  const was: Words = before === undefined ? [] : before === null ? [' (before: no end)'] : words` (before: ${before})`
  const end: Words = after === null ? [' has no end'] : hasEnded ? words` ended at ${after}: it gives no access` : words` ends at ${after}`
  return [{ sign: 'change', words: [...words`access of ${subject} as ${role}`, ...end, ...was] }]
}

/** The amounts that users ask for first. */
const mainResources = ['cpu', 'requests.cpu', 'memory', 'requests.memory', 'pods', 'requests.storage']

function newQuotas (quotas: readonly QuotaChange[]): Line[] {
  const main = quotas.filter(({ resource }) => mainResources.includes(resource)).map(({ resource, after = '' }) => `${resource} ${after}`)
  const others = quotas.length - main.length
  if (quotas.length === 0) return []
  const rest: Words = others > 0 ? [`, and ${others} other amounts`] : []
  return [{ sign: 'note', words: ['quotas: ', ...listed(main, mainResources.length), ...rest] }]
}

/** `, +2`; nothing without a difference. */
function differenceWords (difference: string | undefined): Words {
  return difference === undefined ? [] : words`, ${difference}`
}

function quotaLine ({ quota, resource, before, after, difference }: QuotaChange): Line {
  const isMore = after === undefined || difference?.startsWith('+') === true
  const amounts = `${resource} of ${quota}: ${before ?? 'unlimited'} -> ${after ?? 'unlimited'}`
  return { sign: isMore ? 'more' : 'less', words: [...words`quota ${amounts}`, ...differenceWords(difference)] }
}

function limitLine (limit: LimitChange): Line {
  const { direction, difference } = limit
  const sign = direction === 'loosened' ? 'danger' : direction === 'tightened' ? 'less' : 'change'
  const verb = direction === 'loosened' ? 'loosens ' : ''
  return { sign, words: [verb, { quoted: limitText(limit) }, ...differenceWords(difference)] }
}

/** DNS, and traffic within the namespace. */
function isOfEveryNamespace ({ peer, ports }: Path): boolean {
  const isDns = ports.length > 0 && ports.every(({ port, endPort }) => port === endPort && (port === 53 || port === 5353))
  return peer.own === 'namespace' || isDns
}

function pathLine (path: Path, verb: 'opens' | 'closes', isNew: boolean): Line {
  return { sign: verb === 'closes' ? 'less' : isNew ? 'more' : 'danger', words: [`${verb} `, { quoted: pathText(path) }] }
}

function boundLine (bound: BoundChange): Line {
  const sign = bound.direction === 'loosened' ? 'danger' : bound.direction === 'tightened' ? 'less' : 'change'
  const verb = bound.direction === 'loosened' ? 'loosens ' : bound.direction === 'tightened' ? 'tightens ' : 'changes '
  return { sign, words: [verb, { quoted: boundText(bound), isList: true }] }
}

function metadataLine ({ kind, key, before, after }: MetadataChange): Line {
  const short = (text: string | undefined) => text === undefined ? '(none)' : text.length > 80 ? `${text.slice(0, 79)}…` : text
  return { sign: 'change', words: [`${kind} `, { quoted: `${key}: ${short(before)} -> ${short(after)}` }] }
}
