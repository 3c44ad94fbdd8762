/** One JSON object a line on stderr; never the content of objects, requests or answers. */
export function log (level: 'info' | 'error', msg: string, fields: Record<string, string | number | undefined> = {}): void {
  process.stderr.write(JSON.stringify({ level, ts: new Date().toISOString(), msg, ...fields }) + '\n')
}

/** For promises that nobody waits for, and that should never be rejected. */
export function unexpected (error: unknown): void {
  log('error', 'unexpected', { error: error instanceof Error ? error.stack : String(error) })
}
