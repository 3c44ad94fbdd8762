import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Connection } from '../cluster/transport.ts'

/** Where kubelets put the credentials of a pod's ServiceAccount. */
export const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount'

/** Returns the connection of a pod to the API server, as its ServiceAccount. Throws outside of pods. */
export function inClusterConnection (env: NodeJS.ProcessEnv, folder = accountFolder): Connection {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' } = env
  const [tokenFile, caFile] = [join(folder, 'token'), join(folder, 'ca.crt')]
  if (host === '' || port === '' || !existsSync(tokenFile)) {
    throw new Error(`no API server is given: set --kubeconfig or KUBECONFIG, or run in a pod, with KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT and ${tokenFile}`)
  }
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    ca: readFileSync(caFile, 'utf8'),
    authentication: { tokenFile }
  }
}

/** Returns the namespace of this pod; undefined outside of pods. */
export function ownNamespace (folder = accountFolder): string | undefined {
  const file = join(folder, 'namespace')
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
}
