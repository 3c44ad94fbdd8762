/** The memory of a process in one of its lives, from its start to its end. */
export interface Life { process: string, samples: Sample[] }

/** Seconds since the start of the run, and MiB. */
export interface Sample { seconds: number, mebibytes: number }

/** How memory grew in a life, after the warm-up. */
export interface Growth {
  process: string
  /** Of the samples after the warm-up. */
  seconds: number
  /** The medians of the first and the last fifth of these samples, in MiB. */
  start: number
  end: number
  /** What the trend adds in this time, in MiB. */
  growth: number
  /** The most that may be: a process whose memory is flat stays below it. */
  bound: number
}

/**
 * The warm-up of a process, in seconds: caches fill, and the garbage collector of V8 grows its heap to a multiple of what lives. A life
 * that is shorter than ten minutes after it tells nothing: single collections are as large as the bound.
 */
const WARM_UP = 30
const SHORTEST = 600

/** The bound: the trend may add a quarter of the memory after the warm-up, or 20 MiB, the height of the teeth of a garbage collector. */
const RATIO = 0.25
const TEETH = 20

/** Follows the memory of processes over their restarts. */
export function createMemoryLog () {
  const lives: Array<Life & { pid: number }> = []
  return {
    lives,
    add (process: string, pid: number | undefined, sample: { seconds: number, mebibytes: number | undefined }): void {
      const { seconds, mebibytes } = sample
      if (pid === undefined || mebibytes === undefined) return
      let life = lives.findLast(each => each.process === process)
      if (life?.pid !== pid) lives.push(life = { process, pid, samples: [] })
      life.samples.push({ seconds, mebibytes })
    }
  }
}

/** The growth in the longest life of each process; none for a process whose lives were all short. */
export function growths (lives: readonly Life[]): Growth[] {
  return [...new Set(lives.map(({ process }) => process))].flatMap(process => {
    const own = lives.filter(life => life.process === process)
    const longest = own.reduce((longest, life) => lengthOf(life.samples) > lengthOf(longest.samples) ? life : longest)
    const since = (longest.samples[0]?.seconds ?? 0) + Math.max(WARM_UP, lengthOf(longest.samples) / 4)
    const samples = longest.samples.filter(({ seconds }) => seconds >= since)
    return lengthOf(samples) < SHORTEST ? [] : [growthOf(process, samples)]
  })
}

export function isFlat ({ growth, bound }: Growth): boolean {
  return growth <= bound
}

function growthOf (process: string, samples: readonly Sample[]): Growth {
  const seconds = lengthOf(samples)
  const fifth = Math.max(1, Math.floor(samples.length / 5))
  const memory = samples.map(({ mebibytes }) => mebibytes)
  const start = median(memory.slice(0, fifth))
  return {
    process, seconds, start, end: median(memory.slice(-fifth)), growth: slope(samples) * seconds, bound: Math.max(TEETH, RATIO * start)
  }
}

/** The Theil-Sen estimator, the median of the slopes between all pairs: single samples do not change it. MiB a second. */
function slope (all: readonly Sample[]): number {
  const step = Math.ceil(all.length / 300)
  const samples = all.filter((_, index) => index % step === 0)
  return median(samples.flatMap((a, index) => samples.slice(index + 1).map(b => (b.mebibytes - a.mebibytes) / (b.seconds - a.seconds))))
}

export function median (values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]]
  return ((low ?? 0) + (high ?? 0)) / 2
}

function lengthOf (samples: readonly Sample[]): number {
  return (samples.at(-1)?.seconds ?? 0) - (samples[0]?.seconds ?? 0)
}
