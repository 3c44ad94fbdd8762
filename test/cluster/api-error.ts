/** A response of the API server other than 2xx, with the message of its Status object. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** The HTTP status code. */
  readonly code: number
  /** The machine-readable reason: NotFound, AlreadyExists, Conflict, Invalid, Forbidden, Expired ... */
  readonly reason: string
  /** The body of the response: a Status object, or text. */
  readonly body: unknown

  constructor (code: number, reason: string, message: string, body?: unknown) {
    super(message)
    this.code = code
    this.reason = reason
    this.body = body
  }
}

/** Reads a Status object, or the text of another response (of a proxy, or a filter before the API). */
export function apiErrorOf (code: number, body: unknown, request: string): ApiError {
  const status = isRecord(body) && body.kind === 'Status' ? body : undefined
  const reason = typeof status?.reason === 'string' ? status.reason : ''
  const text = status === undefined ? body : status.message
  const message = typeof text === 'string' && text.trim() !== '' ? text.trim() : `${request} failed with ${code}`
  return new ApiError(code, reason, message, body)
}

export function isNotFound (error: unknown): boolean {
  return error instanceof ApiError && error.code === 404
}

export function isAlreadyExists (error: unknown): boolean {
  return error instanceof ApiError && error.reason === 'AlreadyExists'
}

export function isRecord (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
