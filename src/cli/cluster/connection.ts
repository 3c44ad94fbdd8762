import type { IncomingMessage, RequestOptions } from 'node:http'
import { request as plain } from 'node:http'
import { Agent, request as secure } from 'node:https'
import { text } from 'node:stream/consumers'
import type { KubeConfig } from '@kubernetes/client-node'
import { InputError } from '../input/input-error.ts'
import { clusterError } from './cluster-error.ts'
import { errorMessage } from '../../error-message.ts'

/** Which cluster, and as whom: what kubectl takes. */
export interface ConnectionOptions {
  kubeconfig?: string
  context?: string
  /** Somebody to act as, and the groups to act with. */
  as?: string
  asGroup?: string[]
}

/** One request; resolves with the parsed answer, rejects with a ClusterError. */
export type Send = (method: 'GET' | 'PATCH', path: string, patch?: Patch) => Promise<unknown>

/** What of an object is to change: some fields of it, or by server-side apply all that this field manager declares. */
export interface Patch { type: keyof typeof patchTypes, content: unknown }

const patchTypes = {
  merge: 'application/merge-patch+json',
  apply: 'application/apply-patch+yaml'
} as const

/** Milliseconds that a request may take. */
const patience = 30_000

/**
 * To the cluster of a kubeconfig; in a pod that is given none, to the one that it runs in, as its ServiceAccount.
 *
 * Credentials, plugins for them, proxies and certificates are the library's; the requests are made here, since it acts
 * with a user but no groups, keeps only the fields it knows, and writes names in lower case.
 * @param adviceWhenForbidden what somebody can do who may not do this
 * @throws InputError where the kubeconfig cannot be used
 */
export async function connect (options: ConnectionOptions, adviceWhenForbidden: string): Promise<Send> {
  if (options.asGroup !== undefined && options.as === undefined) throw new InputError('--as-group needs --as: say who acts with these groups')
  const config = await loadConfig(options)
  const server = config.getCurrentCluster()?.server ?? ''
  let agent: RequestOptions['agent']
  return async (method, path, patch) => {
    const given = await requestOptions(config, options, { method, ...(patch !== undefined && { contentType: patchTypes[patch.type] }) })
    agent ??= keptAlive(given.agent)
    const { code, answer } = await exchange(new URL(server.replace(/\/$/, '') + path), { ...given, agent }, patch?.content)
    if (code >= 200 && code < 300) return answer
    throw clusterError({ code, body: answer, request: `${method} ${path}` }, adviceWhenForbidden)
  }
}

async function loadConfig ({ kubeconfig, context }: ConnectionOptions): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node')
  const config = new KubeConfig()
  try {
    if (kubeconfig === undefined) config.loadFromDefault()
    else config.loadFromFile(kubeconfig)
  } catch (error) {
    throw new InputError(`the kubeconfig cannot be read: ${errorMessage(error)}`)
  }
  if (context !== undefined) useContext(config, context)
  const cluster = config.getCurrentCluster()
  // What the library takes where it finds nothing at all.
  const isMadeUp = cluster?.name === 'cluster' && cluster.server === 'http://localhost:8080'
  if (cluster === null || isMadeUp) throw new InputError('no cluster is chosen: give --kubeconfig or set KUBECONFIG, and --context where it names none')
  return config
}

function useContext (config: KubeConfig, context: string): void {
  const names = config.getContexts().map(({ name }) => name)
  if (!names.includes(context)) throw new InputError(`the kubeconfig has no context ${context} (there are: ${names.join(', ')})`)
  config.setCurrentContext(context)
}

async function requestOptions (config: KubeConfig, { as, asGroup }: ConnectionOptions, { method, contentType }: { method: string, contentType?: string }): Promise<RequestOptions> {
  const options: RequestOptions = { method, timeout: patience }
  await config.applyToHTTPSOptions(options).catch((error: unknown) => { throw new InputError(`the kubeconfig cannot be used: ${errorMessage(error)}`) })
  options.headers = {
    ...options.headers,
    accept: 'application/json',
    'user-agent': 'k8s-mtp',
    ...(contentType !== undefined && { 'content-type': contentType }),
    ...(as !== undefined && { 'Impersonate-User': as }),
    ...(asGroup !== undefined && { 'Impersonate-Group': asGroup })
  }
  return options
}

/** The library makes a new connection for each request, which costs more than the request. Those through a proxy stay as they are. */
function keptAlive (agent: RequestOptions['agent']): RequestOptions['agent'] {
  return agent instanceof Agent && agent.constructor === Agent ? new Agent({ ...agent.options, keepAlive: true }) : agent
}

async function exchange (url: URL, options: RequestOptions, body: unknown): Promise<{ code: number, answer: unknown }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = (url.protocol === 'http:' ? plain : secure)(url, options, resolve)
    request.on('timeout', () => request.destroy(new Error(`no answer within ${patience / 1000} s`)))
    request.on('error', error => reject(new InputError(`${url.origin} cannot be reached: ${error.message}`)))
    request.end(body === undefined ? undefined : JSON.stringify(body))
  })
  return { code: response.statusCode ?? 0, answer: parsed(await text(response)) }
}

function parsed (answer: string): unknown {
  try {
    return JSON.parse(answer)
  } catch {
    return answer
  }
}
