import type { Operation, Outcome } from './operation.ts'

export interface Entry { index: number, time: Date, text: string, concerns: string[], outcome: Outcome }

/** How many operations a difference lists. */
const LAST = 8

/** What was done to each object, for messages, and how often for the table. */
export function createHistory () {
  const entries: Entry[] = []
  const counts = new Map<string, Record<Outcome, number>>()
  return {
    counts,
    add (index: number, { kind, text, concerns }: Operation, outcome: Outcome): void {
      entries.push({ index, time: new Date(), text, concerns, outcome })
      const count = counts.get(kind) ?? { admitted: 0, refused: 0, invalid: 0, missing: 0 }
      count[outcome]++
      counts.set(kind, count)
    },
    /** The last operations that concern one of these, or killed a part. */
    lastOf (concerns: readonly string[]): string[] {
      return entries.filter(entry => entry.concerns.length === 0 || entry.concerns.some(each => concerns.includes(each))).slice(-LAST)
        .map(({ index, time, text, outcome }) => `${time.toISOString().slice(11, 23)} #${index} ${text}: ${outcome}`)
    }
  }
}
export type History = ReturnType<typeof createHistory>
