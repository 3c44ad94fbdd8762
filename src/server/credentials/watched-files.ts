import { readFile } from 'node:fs/promises'

export interface WatchedFilesOptions<T> {
  paths: readonly string[]
  /** Gets the contents in the order of the paths. Throws if they are invalid. */
  parse: (...contents: string[]) => T
  /** Called with the value of new contents. */
  onChange: (value: T) => void
  /** Called once for files that cannot be read, and for new contents that are invalid. The last value stays in use. */
  onError: (error: unknown) => void
  /** Milliseconds between polls. New contents are used after two polls have read the same. */
  interval: number
}

export interface WatchedFiles<T> {
  /** Returns the last valid value. */
  current (): T
  stop (): void
}

/**
 * Polls files that belong together, and parses them again when their contents change. It compares contents, since
 * Kubernetes mounts symlinks: it swaps the folder behind them, and a watch on a file stays with the old one. Rejects if
 * the first contents are invalid.
 *
 * Source: https://kubernetes.io/docs/concepts/configuration/secret/#mounted-secrets-are-updated-automatically
 */
export async function watchFiles<T> (options: WatchedFilesOptions<T>): Promise<WatchedFiles<T>> {
  const { paths, parse, onChange, onError, interval } = options
  const read = async () => await Promise.all(paths.map(async path => await readFile(path, 'utf8')))
  let parsed = await read()
  let last = parsed
  let value = parse(...parsed)
  let failure: string | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  async function poll (): Promise<void> {
    try {
      const found = await read()
      failure = undefined
      // A file may be half written, or one of two already swapped.
      const settled = isSame(found, last)
      last = found
      if (!settled || isSame(found, parsed)) return
      parsed = found
      value = parse(...found)
      onChange(value)
    } catch (error) {
      if (String(error) !== failure) onError(error)
      failure = String(error)
    }
  }

  function schedule (): void {
    if (stopped) return
    timer = setTimeout(() => { poll().then(schedule, schedule) }, interval)
    timer.unref()
  }
  schedule()

  return {
    current: () => value,
    stop () {
      stopped = true
      clearTimeout(timer)
    }
  }
}

function isSame (left: string[], right: string[]): boolean {
  return left.every((content, index) => content === right[index])
}
