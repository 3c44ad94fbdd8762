/** The exit codes that shells use for signals. */
const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const
const SIGPIPE = 141

export interface Interrupt {
  isInterrupted (): boolean
  /** Never settles: the process exits after the clean-up. */
  never: Promise<never>
}

/**
 * On a signal, cleans up and exits with the code of the clean-up; a second signal exits at once. If npm started this
 * process, the end of npm counts as a signal too: a killed npm sends none.
 */
export function onInterrupt (cleanUp: (code: number) => Promise<number>): Interrupt {
  let interrupted = false
  let since = 0
  const interrupt = (code: number): void => {
    // One Ctrl-C arrives twice: from the terminal, and from npm, which forwards its own.
    if (interrupted && Date.now() - since < 1000) return
    if (interrupted) process.exit(code)
    interrupted = true
    since = Date.now()
    cleanUp(code).then(process.exit, () => process.exit(1))
  }
  for (const [signal, code] of Object.entries(signals)) process.on(signal, () => interrupt(code))

  // The reader of our output has ended, as `head` does.
  process.stdout.on('error', () => { if (!interrupted) interrupt(SIGPIPE) })

  const parent = process.ppid
  const underNpm = process.env.npm_lifecycle_event !== undefined
  // This also keeps the process alive while it waits.
  setInterval(() => {
    if (underNpm && process.ppid !== parent && !interrupted) interrupt(signals.SIGHUP)
  }, 500)
  return { isInterrupted: () => interrupted, never: new Promise<never>(() => {}) }
}
