/** skipped: not decided, such as without the permission to read. */
export type State = 'ok' | 'warning' | 'failed' | 'skipped'

/** What a check found, in one line, and how to fix it. */
export interface Result {
  state: State
  message: string
  remedy?: string
}

/** A result with the stable id of its check. */
export interface Finding extends Result { id: string }

export const ok = (message: string): Result => ({ state: 'ok', message })
export const warning = (message: string, remedy: string): Result => ({ state: 'warning', message, remedy })
export const failed = (message: string, remedy: string): Result => ({ state: 'failed', message, remedy })
export const skipped = (message: string, remedy?: string): Result =>
  ({ state: 'skipped', message, ...(remedy !== undefined && { remedy }) })

/** Names the first few of a list: a message stays readable. */
export function few (names: readonly string[], max = 3): string {
  const more = names.length - max
  return more > 0 ? `${names.slice(0, max).join(', ')} and ${more} more` : names.join(', ')
}
