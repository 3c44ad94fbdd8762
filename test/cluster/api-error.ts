/** An answer of the API server other than 2xx, with what its Status object said. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** The HTTP status code. */
  readonly code: number
  /** The machine-readable reason: NotFound, AlreadyExists, Conflict, Invalid, Forbidden, Expired ... */
  readonly reason: string
  /** The whole answer as it came: a Status object, or text. */
  readonly body: unknown

  constructor (code: number, reason: string, message: string, body?: unknown) {
    super(message)
    this.code = code
    this.reason = reason
    this.body = body
  }
}

/** What a Status object says, or the text itself where the answer is none (a proxy, a filter before the API). */
export function apiErrorOf (code: number, body: unknown, request: string): ApiError {
  const status = isRecord(body) && body.kind === 'Status' ? body : undefined
  const reason = typeof status?.reason === 'string' ? status.reason : ''
  const said = status === undefined ? body : status.message
  const message = typeof said === 'string' && said.trim() !== '' ? said.trim() : `${request} was answered with ${code}`
  return new ApiError(code, reason, message, body)
}

export function isNotFound (error: unknown): boolean {
  return error instanceof ApiError && error.code === 404
}

export function isRecord (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
