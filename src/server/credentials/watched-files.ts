import { readFile } from 'node:fs/promises'

/** Which files, what is made of them, and who is told. */
export interface WatchedFilesOptions<T> {
  paths: readonly string[]
  /** Gets the contents in the order of the paths; throws where they cannot be used. */
  parse: (...contents: string[]) => T
  /** There is something new, and it can be used. */
  changed: (value: T) => void
  /** What is there cannot be read or used, so that the last value stays. Told once, not at each look. */
  failed: (error: unknown) => void
  /** Milliseconds between two looks; something new is taken once two looks have found the same. */
  interval: number
}

/** Runs until it is stopped. */
export interface WatchedFiles<T> {
  /** The last that could be used. */
  current (): T
  stop (): void
}

/**
 * Files that belong together, read again when their contents change. Their contents are compared, since what Kubernetes mounts are
 * symlinks: it swaps the folder behind them, and a watch on a file stays with the old one. Rejects where the first contents cannot be used.
 *
 * Source: https://kubernetes.io/docs/concepts/configuration/secret/#mounted-secrets-are-updated-automatically
 */
export async function watchFiles<T> ({ paths, parse, changed, failed, interval }: WatchedFilesOptions<T>): Promise<WatchedFiles<T>> {
  const read = async () => await Promise.all(paths.map(async path => await readFile(path, 'utf8')))
  let judged = await read()
  let last = judged
  let value = parse(...judged)
  let failure: string | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  async function look (): Promise<void> {
    try {
      const found = await read()
      failure = undefined
      // A file that is being written, or one of two that were swapped, is not judged half way.
      const settled = same(found, last)
      last = found
      if (!settled || same(found, judged)) return
      judged = found
      value = parse(...found)
      changed(value)
    } catch (error) {
      if (String(error) !== failure) failed(error)
      failure = String(error)
    }
  }

  function later (): void {
    if (stopped) return
    timer = setTimeout(() => { look().then(later, later) }, interval)
    timer.unref()
  }
  later()

  return {
    current: () => value,
    stop () {
      stopped = true
      clearTimeout(timer)
    }
  }
}

function same (left: string[], right: string[]): boolean {
  return left.every((content, index) => content === right[index])
}
