import { isFields } from '../../kubernetes/json.ts'
import { InputError } from '../input/input-error.ts'
import { onOneLine } from '../output/print.ts'

/** A response of the API server other than 2xx, with advice. */
export class ClusterError extends InputError {
  /** The HTTP status code. */
  readonly code: number
  /** What the API server says. */
  readonly response: string

  constructor (code: number, message: string, response: string) {
    super(message)
    this.code = code
    this.response = response
  }
}

/** Falls back to a value if the API server responds with a status code. */
export async function unless<T> (code: number, response: Promise<T>, fallback: () => T): Promise<T> {
  return await response.catch((error: unknown) => {
    if (error instanceof ClusterError && error.code === code) return fallback()
    throw error
  })
}

/** Describes a response other than 2xx to a request. */
export function clusterError (request: string, code: number, body: unknown, adviceWhenForbidden: string): ClusterError {
  const hasMessage = isFields(body) && 'message' in body
  const text = onOneLine(String(hasMessage ? body['message'] : body).trim())
  const message = text === '' ? `${request} returned ${code}` : text
  if (code === 401) {
    return new ClusterError(code, `the API server does not accept the credentials: ${message}. ` +
      'Log in again, or choose another --kubeconfig or --context.', message)
  }
  return new ClusterError(code, `the API server refuses: ${code === 403 ? `${message.replace(/\.$/, '')}. ${adviceWhenForbidden}` : message}`, message)
}
