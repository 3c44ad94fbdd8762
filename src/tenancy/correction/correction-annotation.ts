import { correctedAnnotation } from '../../api/group.ts'
import { maxCorrected, type Corrected } from '../../api/tenant-status.ts'
import { displayName, type Observed, type ObservedObject } from '../../kubernetes/object.ts'
import { isMadeBy, type Owner } from '../observed/ownership.ts'
import { toSeconds } from '../../kubernetes/time.ts'

/** What was corrected on an object last, as its annotation says. */
export interface Stamp {
  time: Date
  /** Paths, or one word for the whole object, with commas between them. */
  what: string
}

const longestWhat = 256
const cut = '...'
const syntax = new RegExp(`^(20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ) ([\\x20-\\x7e]{1,${longestWhat}})$`)

/** Undefined where there is none, or one that we would not have written. */
export function stampOf ({ metadata }: Pick<ObservedObject, 'metadata'>): Stamp | undefined {
  const [, at = '', what = ''] = syntax.exec(metadata.annotations?.[correctedAnnotation] ?? '') ?? []
  const time = new Date(at)
  return Number.isNaN(time.getTime()) ? undefined : { time, what }
}

export function stampText (time: Date, what: readonly string[]): string {
  const text = what.join(', ').replaceAll(/[^\x20-\x7e]/g, '?')
  return `${toSeconds(time)} ${text.length <= longestWhat ? text : text.slice(0, longestWhat - cut.length) + cut}`
}

export function partsOf ({ what }: Stamp): string[] {
  return what.split(', ')
}

/** True where a stamp names all of that, or had no room for more. */
export function covers (stamp: Stamp, what: readonly string[]): boolean {
  const named = partsOf(stamp)
  return stamp.what.endsWith(cut) || what.every(part => named.includes(part))
}

/** Clocks of two hooks may differ by that, in milliseconds. */
export const clockSkew = 60_000

/**
 * What was corrected last on what we have made, newest first. Anybody who may write an object may write its annotation, so it speaks for
 * that object alone: one from the future would stand before all others.
 */
export function lastCorrected (owner: Owner, { children }: Observed, now: Date): Corrected[] {
  return [...children.values()].filter(child => isMadeBy(owner, child))
    .flatMap(child => {
      const stamp = stampOf(child)
      return stamp === undefined || stamp.time.getTime() > now.getTime() + clockSkew ? [] : [corrected(child, stamp)]
    })
    .sort((a, b) => order(b.time, a.time) || order(a.object, b.object))
    .slice(0, maxCorrected)
}

function corrected (object: ObservedObject, { time, what }: Stamp): Corrected {
  const { namespace } = object.metadata
  return { object: displayName(object), ...(namespace !== undefined && { namespace }), what, time: toSeconds(time) }
}

function order (a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
