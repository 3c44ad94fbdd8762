import { correctedAnnotation } from '../../api/group.ts'
import { maxCorrected, type Corrected } from '../../api/tenant-status.ts'
import { compareText } from '../../kubernetes/compare-text.ts'
import { displayName, type KubernetesObject, type ObservedObject } from '../../kubernetes/object.ts'
import { formatTime } from '../../kubernetes/time.ts'
import type { Owner } from './loose-tenant.ts'
import type { ObservedState } from './observed-state.ts'
import { isProducedBy } from './ownership.ts'

/** The last correction of an object, as its annotation records it: `<RFC 3339 time> <paths or one word>`. */
export interface CorrectionRecord {
  time: Date
  what: string
}

const maxLength = 256
const ellipsis = '...'
const syntax = new RegExp(`^(20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ) ([\\x20-\\x7e]{1,${maxLength}})$`)

/** Reads the record of an object; undefined where there is none, or an unreadable one. */
export function readRecord ({ metadata }: Pick<KubernetesObject, 'metadata'>): CorrectionRecord | undefined {
  const [, at = '', what = ''] = syntax.exec(metadata.annotations?.[correctedAnnotation] ?? '') ?? []
  const time = new Date(at)
  return Number.isNaN(time.getTime()) ? undefined : { time, what }
}

export function formatRecord (time: Date, what: readonly string[]): string {
  const text = what.join(', ').replaceAll(/[^\x20-\x7e]/g, '?')
  return `${formatTime(time)} ${text.length <= maxLength ? text : text.slice(0, maxLength - ellipsis.length) + ellipsis}`
}

export function recordedPaths ({ what }: CorrectionRecord): string[] {
  return what.split(', ')
}

/** True where the record names all of the paths, or was too long to. */
export function isRecorded (paths: readonly string[], record: CorrectionRecord): boolean {
  const recorded = recordedPaths(record)
  return record.what.endsWith(ellipsis) || paths.every(path => recorded.includes(path))
}

/** How far the clocks of two replicas may differ, in milliseconds. */
export const maxClockSkew = 60_000

/** Lists the last corrections, newest first. A record from the future is forged: it would precede all others. */
export function lastCorrected (owner: Owner, { children }: ObservedState, now: Date): Corrected[] {
  return [...children.values()].filter(child => isProducedBy(owner, child))
    .flatMap(child => {
      const record = readRecord(child)
      return record === undefined || record.time.getTime() > now.getTime() + maxClockSkew ? [] : [corrected(child, record)]
    })
    .sort((a, b) => compareText(b.time, a.time) || compareText(a.object, b.object))
    .slice(0, maxCorrected)
}

function corrected (object: ObservedObject, { time, what }: CorrectionRecord): Corrected {
  const { namespace } = object.metadata
  return { object: displayName(object), ...(namespace !== undefined && { namespace }), what, time: formatTime(time) }
}
