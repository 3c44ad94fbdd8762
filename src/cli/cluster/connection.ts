import type { IncomingMessage, RequestOptions } from 'node:http'
import { request as plain } from 'node:http'
import { Agent, request as secure } from 'node:https'
import { text } from 'node:stream/consumers'
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import type { Identity } from '../../kubernetes/api-request.ts'
import { InputError } from '../input/input-error.ts'
import { clusterError } from './cluster-error.ts'
import { errorMessage } from '../../error-message.ts'

/** The cluster and the user, as kubectl takes them. */
export interface ConnectionOptions {
  kubeconfig?: string
  context?: string
  /** User and groups to impersonate. */
  as?: string
  asGroup?: string[]
}

/**
 * Sends a request; resolves with the parsed response, rejects with a ClusterError.
 * @param identity to impersonate in place of that of the options
 */
export type Send = (method: 'GET' | 'PATCH' | 'POST' | 'DELETE', path: string, body?: Body, identity?: Identity) => Promise<unknown>

/** An object to create, a patch of some fields, or all fields of a field manager by server-side apply. */
export interface Body { type: keyof typeof contentTypes, content: unknown }

const contentTypes = {
  create: 'application/json',
  merge: 'application/merge-patch+json',
  apply: 'application/apply-patch+yaml'
} as const

/** Milliseconds without a response. */
const requestTimeout = 30_000

/**
 * Connects to the cluster of a kubeconfig; without one, in a pod, to the cluster of the pod with its ServiceAccount.
 *
 * The library handles credentials, their plugins, proxies and certificates. Requests are sent here, because the library
 * impersonates a user without groups, drops fields it does not know, and writes names in lower case.
 * @param adviceWhenForbidden printed after a 403
 * @throws InputError if the kubeconfig cannot be used
 */
export async function connect (options: ConnectionOptions, adviceWhenForbidden: string): Promise<Send> {
  if (options.asGroup !== undefined && options.as === undefined) throw new InputError('--as-group needs a user. Name the user with --as.')
  const config = await loadConfig(options)
  const server = config.getCurrentCluster()?.server ?? ''
  let agent: RequestOptions['agent']
  return async (method, path, given, identity) => {
    const impersonated = identity === undefined ? options : { as: identity.user, asGroup: [...identity.groups] }
    const request = await requestOptions(config, impersonated, method, given)
    agent ??= keptAlive(request.agent)
    const url = new URL(server.replace(/\/$/, '') + path)
    const { code, body } = await exchange(url, { ...request, agent }, given?.content)
    if (code >= 200 && code < 300) return body
    throw clusterError(`${method} ${path}`, code, body, adviceWhenForbidden)
  }
}

/** The namespace of the context, or of the pod; undefined where none is set. */
export async function contextNamespace (options: ConnectionOptions): Promise<string | undefined> {
  const config = await loadConfig(options)
  return config.getContextObject(config.getCurrentContext())?.namespace
}

async function loadConfig ({ kubeconfig, context }: ConnectionOptions): Promise<KubeConfig> {
  // The whole library has classes for all kinds of Kubernetes, which take half a second to load.
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js')
  const config = new KubeConfig()
  try {
    if (kubeconfig === undefined) config.loadFromDefault()
    else config.loadFromFile(kubeconfig)
  } catch (error) {
    throw new InputError(`the kubeconfig cannot be read: ${errorMessage(error)}. Check --kubeconfig and KUBECONFIG.`)
  }
  if (context !== undefined) useContext(config, context)
  const cluster = config.getCurrentCluster()
  // The library invents this one if it finds no kubeconfig.
  const isInvented = cluster?.name === 'cluster' && cluster.server === 'http://localhost:8080'
  if (cluster === null || isInvented) {
    throw new InputError('no cluster is configured. Set --kubeconfig or KUBECONFIG, and --context if the file has no current context.')
  }
  return config
}

function useContext (config: KubeConfig, context: string): void {
  const names = config.getContexts().map(({ name }) => name)
  if (!names.includes(context)) throw new InputError(`the kubeconfig has no context ${context}. Use one of: ${names.join(', ')}.`)
  config.setCurrentContext(context)
}

async function requestOptions (
  config: KubeConfig, { as, asGroup }: ConnectionOptions, method: string, body: Body | undefined
): Promise<RequestOptions> {
  const options: RequestOptions = { method, timeout: requestTimeout }
  await config.applyToHTTPSOptions(options).catch((error: unknown) => {
    throw new InputError(`the kubeconfig cannot be used: ${errorMessage(error)}`)
  })
  options.headers = {
    ...options.headers,
    accept: 'application/json',
    'user-agent': 'k8s-mtp',
    ...(body !== undefined && { 'content-type': contentTypes[body.type] }),
    ...(as !== undefined && { 'Impersonate-User': headerOf(as) }),
    ...(asGroup !== undefined && { 'Impersonate-Group': asGroup.map(headerOf) })
  }
  return options
}

/** Node.js sends one byte for each character, and the API server reads UTF-8. */
function headerOf (name: string): string {
  return Buffer.from(name).toString('latin1')
}

/** Reuses connections: the library opens one per request, at a higher cost than the request. Keeps proxy agents. */
function keptAlive (agent: RequestOptions['agent']): RequestOptions['agent'] {
  const isPlain = agent instanceof Agent && agent.constructor === Agent
  return isPlain ? new Agent({ ...agent.options, keepAlive: true }) : agent
}

async function exchange (url: URL, options: RequestOptions, content: unknown): Promise<{ code: number, body: unknown }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = (url.protocol === 'http:' ? plain : secure)(url, options, resolve)
    request.on('timeout', () => request.destroy(new Error(`no response within ${requestTimeout / 1000} s`)))
    request.on('error', error => {
      reject(new InputError(`${url.origin} cannot be reached: ${error.message}. Check the network and the server in the kubeconfig.`))
    })
    request.end(content === undefined ? undefined : JSON.stringify(content))
  })
  return { code: response.statusCode ?? 0, body: parsed(await text(response)) }
}

function parsed (body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}
