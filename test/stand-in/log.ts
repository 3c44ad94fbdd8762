/** Writes one JSON object a line to stderr; never the content of objects, requests or responses. */
export function log (level: 'info' | 'error', msg: string, fields: Record<string, string | number | undefined> = {}): void {
  process.stderr.write(JSON.stringify({ level, ts: new Date().toISOString(), msg, ...fields }) + '\n')
}

/** Handles rejections that should never happen, of promises that are not awaited. */
export function unexpected (error: unknown): void {
  log('error', 'unexpected', { error: error instanceof Error ? error.stack : String(error) })
}
