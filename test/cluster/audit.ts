import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { isRecord } from './api-error.ts'

/** A write from the audit log of the API server. */
export interface AuditWrite {
  /** When the request arrived, in milliseconds since 1970. */
  time: number
  user: string
  /** The pod that sent it with the token of its ServiceAccount. */
  pod?: string
  /** The impersonated user, if any, and the keys of the extra that the caller gave it. */
  impersonated?: string
  impersonatedExtra?: string[]
  userAgent: string
  verb: string
  /** '' for the core group. */
  group: string
  /** The plural, with the subresource: `roles`, `tenants/status`. */
  resource: string
  namespace?: string
  name?: string
  /** The HTTP status code of the response. */
  code: number
  /** Of admission, such as the failures of policies that audit. */
  annotations: Record<string, string>
}

/**
 * Reads the writes that arrived at or after a moment (milliseconds since 1970), oldest first. An event is logged just
 * after the response of its request, so the last ones may be some milliseconds late.
 * @throws if the log is shorter than before, as after a rotation: writes would be missing
 */
export function readAuditWrites (auditLog: string, since: number): AuditWrite[] {
  const log = logs.get(auditLog) ?? { offset: 0, writes: [] }
  logs.set(auditLog, log)
  const text = textFrom(auditLog, log.offset)
  // The last line may be incomplete.
  const complete = text.subarray(0, text.lastIndexOf('\n') + 1)
  log.offset += complete.length
  log.writes.push(...complete.toString().split('\n').slice(0, -1).map(line => auditWriteOf(JSON.parse(line))))
  return log.writes.filter(write => write.time >= since)
}

/** What was read of each log: tests poll it, and it grows to many megabytes. */
const logs = new Map<string, { offset: number, writes: AuditWrite[] }>()

function textFrom (file: string, offset: number): Buffer {
  const descriptor = openSync(file, 'r')
  try {
    if (fstatSync(descriptor).size < offset) throw new Error(`${file} was rotated or truncated`)
    const chunks: Buffer[] = []
    for (;;) {
      const chunk = Buffer.alloc(1 << 20)
      const length = readSync(descriptor, chunk, 0, chunk.length, offset)
      if (length === 0) return Buffer.concat(chunks)
      chunks.push(chunk.subarray(0, length))
      offset += length
    }
  } finally {
    closeSync(descriptor)
  }
}

function auditWriteOf (event: unknown): AuditWrite {
  const object = field(event, 'objectRef')
  const namespace = text(object, 'namespace')
  const name = text(object, 'name')
  const subresource = text(object, 'subresource')
  const impersonatedUser = field(event, 'impersonatedUser')
  const impersonated = text(impersonatedUser, 'username')
  const extra = field(impersonatedUser, 'extra')
  const code = field(field(event, 'responseStatus'), 'code')
  const [pod] = listAt(field(field(event, 'user'), 'extra'), 'authentication.kubernetes.io/pod-name')
  return {
    time: Date.parse(text(event, 'requestReceivedTimestamp')),
    user: text(field(event, 'user'), 'username'),
    userAgent: text(event, 'userAgent'),
    verb: text(event, 'verb'),
    group: text(object, 'apiGroup'),
    resource: text(object, 'resource') + (subresource === '' ? '' : `/${subresource}`),
    code: typeof code === 'number' ? code : 0,
    annotations: stringsIn(field(event, 'annotations')),
    ...(pod !== undefined && { pod }),
    ...(impersonated !== '' && { impersonated }),
    ...(isRecord(extra) && { impersonatedExtra: Object.keys(extra) }),
    ...(namespace !== '' && { namespace }),
    ...(name !== '' && { name })
  }
}

function field (value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined
}

function listAt (value: unknown, key: string): string[] {
  const found = field(value, key)
  return Array.isArray(found) ? found.map(String) : []
}

function stringsIn (value: unknown): Record<string, string> {
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, String(each)])) : {}
}

function text (value: unknown, key: string): string {
  const found = field(value, key)
  return typeof found === 'string' ? found : ''
}
