/** How a command ends. Those of differences follow `kubectl diff`: 1 for a difference, more for an error. */
export const exitCodes = {
  ok: 0,
  /** The command ran, and the result is negative: findings, differences, failed checks, a refused change, a timeout. */
  negative: 1,
  /** Invalid arguments, settings or manifests, or a cluster that cannot be reached or refuses the request. */
  unusable: 2,
  /** `diff` only: a change that deletes data, or loosens isolation. */
  dangerous: 3
} as const

export type ExitCode = typeof exitCodes[keyof typeof exitCodes]
