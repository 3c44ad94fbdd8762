const [second, minute, hour, day, year] = [1000, 60_000, 3_600_000, 86_400_000, 365 * 86_400_000]

/**
 * A duration as kubectl prints ages: exact while it is short.
 * Source: https://pkg.go.dev/k8s.io/apimachinery/pkg/util/duration#HumanDuration
 */
export function ageText (milliseconds: number): string {
  const time = Math.max(0, milliseconds)
  if (time < 2 * minute) return `${Math.floor(time / second)}s`
  if (time < 10 * minute) return pair(time, [minute, 'm'], [second, 's'])
  if (time < 3 * hour) return `${Math.floor(time / minute)}m`
  if (time < 8 * hour) return pair(time, [hour, 'h'], [minute, 'm'])
  if (time < 2 * day) return `${Math.floor(time / hour)}h`
  if (time < 8 * day) return pair(time, [day, 'd'], [hour, 'h'])
  return time < 2 * year ? `${Math.floor(time / day)}d` : `${Math.floor(time / year)}y`
}

type Unit = [milliseconds: number, symbol: string]

function pair (time: number, [large, largeSymbol]: Unit, [small, smallSymbol]: Unit): string {
  const rest = Math.floor((time % large) / small)
  return `${Math.floor(time / large)}${largeSymbol}${rest === 0 ? '' : `${rest}${smallSymbol}`}`
}

/** The time since a moment in RFC 3339; empty where there is none. */
export function ageOf (moment: string | undefined, now: Date): string {
  const since = Date.parse(moment ?? '')
  return Number.isNaN(since) ? '' : ageText(now.getTime() - since)
}
