/** Milliseconds between two lines. */
const INTERVAL = 10_000

/** Approximate milliseconds of linking. */
const LINKING = 15_000

export interface Progress {
  phase (name: string): void
  /** How many packages will be compiled. */
  expect (packages: number): void
  /** A line that `go build -v` or `go list` wrote: a package compiled, a module downloaded, or an error. */
  line (text: string): void
  lastLines (): string[]
  done (): void
  /** Ends the reports; done does so too. */
  stop (): void
}

/** Reports the progress of a build every 10 s: a silent build would look like a hang. */
export function createProgress (what: string, log: (line: string) => void, now: () => number = Date.now): Progress {
  const start = now()
  let phase = ''
  let phaseStart = start
  let modules = 0
  let compiled = 0
  let expected: number | undefined
  let last: string[] = []

  const elapsed = (): string => duration(now() - start)
  function report (): void {
    const counts = expected === undefined
      ? modules === 0 ? '' : `, ${modules} modules downloaded`
      : `, ${Math.min(compiled, expected)} of ${expected} packages${remaining(expected)}`
    log(`building ${what}: ${phase}, ${elapsed()}${counts}`)
  }
  function remaining (expected: number): string {
    if (compiled >= expected) return ', linking'
    if (compiled < 20) return ''
    // The last packages are the large ones, and linking follows.
    const rate = (now() - phaseStart) / compiled
    return `, about ${duration(rate * (expected - compiled) * 1.4 + LINKING)} left`
  }

  const timer = setInterval(report, INTERVAL)
  timer.unref()
  return {
    phase (name) {
      phase = name
      phaseStart = now()
      report()
    },
    expect (packages) { expected = packages },
    line (text) {
      last = [...last, text].slice(-20)
      if (text.startsWith('go: downloading ')) modules++
      else if (/^[\w.~/-]+$/.test(text)) compiled++
    },
    lastLines: () => last,
    done () {
      clearInterval(timer)
      log(`built ${what} in ${elapsed()}`)
    },
    stop: () => clearInterval(timer)
  }
}

/** `45 s`, `7 min 5 s` */
export function duration (milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
