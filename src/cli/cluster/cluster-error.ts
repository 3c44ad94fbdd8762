import { InputError } from '../input-error.ts'

/** An answer of the API server other than 2xx, as a person can act on it. */
export class ClusterError extends InputError {
  /** The HTTP status code. */
  readonly code: number

  constructor (code: number, message: string) {
    super(message)
    this.code = code
  }
}

const breakGlass = 'It needs the rights of a cluster admin; and as the objects of Tenants are guarded, run it as a member of a break-glass group, for example with ' +
  '--as="$USER" --as-group=k8s-mtp:break-glass --as-group=system:masters'

/** What the API server has answered to a request, with what to do where it is known. */
export function clusterError (code: number, body: unknown, request: string): ClusterError {
  const said = typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : String(body).trim()
  const message = said === '' ? `${request} was answered with ${code}` : said
  if (code === 401) return new ClusterError(code, `the API server does not know you (${message}): log in again, or choose another --kubeconfig or --context`)
  if (code === 403) return new ClusterError(code, `the API server refuses: ${message}\n${breakGlass}`)
  return new ClusterError(code, `the API server refuses: ${message}`)
}
