/** The codes by which a shell tells that a program was ended by a signal. */
const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const
const SIGPIPE = 141

export interface Interrupt {
  isSo (): boolean
  /** Never settles: the process ends when the clean-up is done. */
  never: Promise<never>
}

/**
 * On Ctrl-C and its like, cleans up and exits with the code that the clean-up resolves with; the second one exits at once.
 * Run by npm, the end of npm counts as well: it can be killed without a word to us.
 */
export function onInterrupt (cleanUp: (code: number) => Promise<number>): Interrupt {
  let interrupted = false
  let since = 0
  const interrupt = (code: number): void => {
    // One Ctrl-C comes twice: from the terminal, and from npm, which passes on its own.
    if (interrupted && Date.now() - since < 1000) return
    if (interrupted) process.exit(code)
    interrupted = true
    since = Date.now()
    cleanUp(code).then(process.exit, () => process.exit(1))
  }
  for (const [signal, code] of Object.entries(signals)) process.on(signal, () => interrupt(code))

  // Whoever read what we print has gone, as `head` does.
  process.stdout.on('error', () => { if (!interrupted) interrupt(SIGPIPE) })

  const parent = process.ppid
  const underNpm = process.env.npm_lifecycle_event !== undefined
  // This also keeps the process alive while it has nothing to do but wait.
  setInterval(() => {
    if (underNpm && process.ppid !== parent && !interrupted) interrupt(signals.SIGHUP)
  }, 500)
  return { isSo: () => interrupted, never: new Promise<never>(() => {}) }
}
