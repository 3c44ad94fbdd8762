/** Lets a command end with its own exit code where the reader of its output has ended before: `k8s-mtp get | head`. */
export function ignoreClosedPipes (): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
}
