import { readFileSync } from 'node:fs'
import { isRecord } from './api-error.ts'

/** A write that the API server answered, from its audit log. */
export interface AuditWrite {
  /** When the request arrived, in milliseconds since 1970. */
  time: number
  user: string
  /** Whom the user acted as, if anybody. */
  impersonated?: string
  userAgent: string
  verb: string
  /** '' for the core group. */
  group: string
  /** The plural, with the subresource: `roles`, `tenants/status`. */
  resource: string
  namespace?: string
  name?: string
  /** The HTTP status code of the answer. */
  code: number
}

/**
 * The writes that arrived at or after a moment (milliseconds since 1970), oldest first. An event is written just after its
 * request has been answered: give the last ones some milliseconds.
 */
export function readAuditWrites (auditLog: string, since: number): AuditWrite[] {
  // The last line may still be being written.
  const lines = readFileSync(auditLog, 'utf8').split('\n').slice(0, -1)
  return lines.map(line => auditWriteOf(JSON.parse(line))).filter(write => write.time >= since)
}

function auditWriteOf (event: unknown): AuditWrite {
  const object = field(event, 'objectRef')
  const namespace = text(object, 'namespace')
  const name = text(object, 'name')
  const subresource = text(object, 'subresource')
  const impersonated = text(field(event, 'impersonatedUser'), 'username')
  const code = field(field(event, 'responseStatus'), 'code')
  return {
    time: Date.parse(text(event, 'requestReceivedTimestamp')),
    user: text(field(event, 'user'), 'username'),
    userAgent: text(event, 'userAgent'),
    verb: text(event, 'verb'),
    group: text(object, 'apiGroup'),
    resource: text(object, 'resource') + (subresource === '' ? '' : `/${subresource}`),
    code: typeof code === 'number' ? code : 0,
    ...(impersonated !== '' && { impersonated }),
    ...(namespace !== '' && { namespace }),
    ...(name !== '' && { name })
  }
}

function field (value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined
}

function text (value: unknown, key: string): string {
  const found = field(value, key)
  return typeof found === 'string' ? found : ''
}
