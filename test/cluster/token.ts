import { isRecord } from './api-error.ts'
import type { KubeClient } from './client.ts'

export interface TokenSpec {
  audiences?: string[]
  expirationSeconds?: number
  /** The token is valid as long as this object exists. */
  boundObjectRef?: { apiVersion: string, kind: string, name: string, uid?: string }
}

/** Requests a token of a ServiceAccount, as kubelets and the controller manager do. */
export async function requestToken (client: KubeClient, namespace: string, account: string, spec: TokenSpec = {}): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`
  const response = await client.request('POST', path, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec })
  if (!isRecord(response) || !isRecord(response.status)) throw new Error(`there is no token for ${namespace}/${account}`)
  return String(response.status.token)
}
