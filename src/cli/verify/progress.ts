/** Shows what a long run does, on one line of a terminal. */
export interface Progress {
  show (text: string): void
  end (): void
}

const clearLine = '\r\u001b[2K'

/** Silent where the stream is no terminal. */
export function createProgress (stream: { isTTY?: boolean, columns?: number, write (text: string): unknown }): Progress {
  if (stream.isTTY !== true) return { show () {}, end () {} }
  return {
    // Names of namespaces and checks have no control characters.
    show: text => { stream.write(clearLine + text.slice(0, (stream.columns ?? 80) - 1)) },
    end: () => { stream.write(clearLine) }
  }
}
