import { InputError } from '../input/input-error.ts'

/** An answer of the API server other than 2xx, as a person can act on it. */
export class ClusterError extends InputError {
  /** The HTTP status code. */
  readonly code: number

  constructor (code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** An answer of the API server as it came, and to which request. */
export interface Refusal { code: number, body: unknown, request: string }

/** What the API server has answered to a request, with what to do where it is known. */
export function clusterError ({ code, body, request }: Refusal, adviceWhenForbidden: string): ClusterError {
  const said = typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : String(body).trim()
  const message = said === '' ? `${request} was answered with ${code}` : said
  if (code === 401) return new ClusterError(code, `the API server does not know you (${message}): log in again, or choose another --kubeconfig or --context`)
  if (code === 403) return new ClusterError(code, `the API server refuses: ${message}\n${adviceWhenForbidden}`)
  return new ClusterError(code, `the API server refuses: ${message}`)
}
