import { readFileSync, writeFileSync } from 'node:fs'
import { parse, stringify } from 'yaml'
import type { Connection } from './transport.ts'

/** Writes a kubeconfig with one cluster, user and context, readable by its owner only. */
export function writeKubeconfig (file: string, { server, ca, authentication }: Connection, user: string): void {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'k8s-mtp', cluster: { server, 'certificate-authority-data': encoded(ca) } }
    ],
    users: [{
      name: user,
      user: 'cert' in authentication
        ? { 'client-certificate-data': encoded(authentication.cert), 'client-key-data': encoded(authentication.key) }
        : authentication
    }],
    contexts: [{ name: 'k8s-mtp', context: { cluster: 'k8s-mtp', user } }],
    'current-context': 'k8s-mtp'
  }
  writeFileSync(file, stringify(config), { mode: 0o600 })
}

function encoded (text: string): string {
  return Buffer.from(text).toString('base64')
}

interface Kubeconfig {
  'current-context'?: string
  contexts?: { name: string, context: { cluster: string, user: string } }[]
  clusters?: { name: string, cluster: { server: string, 'certificate-authority-data'?: string, 'certificate-authority'?: string } }[]
  users?: { name: string, user: { token?: string } }[]
}

/**
 * Reads the current context of a kubeconfig. Supports bearer tokens only, which engines have. Throws when
 * the file has no server, certificate authority or token.
 */
export function loadKubeconfig (file: string): Connection {
  const config: Kubeconfig = parse(readFileSync(file, 'utf8'))
  const context = config.contexts?.find(({ name }) => name === config['current-context'])?.context
  const cluster = config.clusters?.find(({ name }) => name === context?.cluster)?.cluster
  const token = config.users?.find(({ name }) => name === context?.user)?.user.token
  const ca = cluster === undefined ? undefined : certificateAuthority(cluster)
  if (cluster === undefined || ca === undefined || token === undefined) {
    throw new Error(`${file}: its current context needs a server, a certificate authority and a token`)
  }
  return { server: cluster.server, ca, authentication: { token } }
}

function certificateAuthority (cluster: { 'certificate-authority-data'?: string, 'certificate-authority'?: string }): string | undefined {
  const data = cluster['certificate-authority-data']
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8')
  const file = cluster['certificate-authority']
  return file === undefined ? undefined : readFileSync(file, 'utf8')
}
