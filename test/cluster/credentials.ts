import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAuthority, type KeyAndCertificate } from '../support/certificates.ts'

/** Credentials for the control plane, valid as long as its folder exists. ServiceAccounts request tokens in addition. */
export interface Credentials {
  /** The file for --client-ca-file, and certificates that it signed. */
  clientCaFile: string
  admin: KeyAndCertificate
  controllerManager: KeyAndCertificate
  scheduler: KeyAndCertificate
  kubeProxy: KeyAndCertificate
  kubelet: {
    /** With which the API server calls kubelets. */
    client: KeyAndCertificate
    /** With which the kubelet of a node calls the API server. */
    of (node: string): KeyAndCertificate
  }
  /** The keys that sign and check the tokens of service accounts. */
  privateKeyFile: string
  publicKeyFile: string
}

/** The service account of Metacontroller's chart, so that tests show missing permissions. */
export const engineAccount = { namespace: 'metacontroller', name: 'metacontroller' }
export const ENGINE_USER = `system:serviceaccount:${engineAccount.namespace}:${engineAccount.name}`

export function writeCredentials (folder: string): Credentials {
  const authority = createAuthority('clients of the control plane')
  const credentials = {
    clientCaFile: join(folder, 'client-ca.crt'),
    admin: authority.issue({ name: 'admin', groups: ['system:masters'], usage: 'clientAuth' }),
    controllerManager: authority.issue({ name: 'system:kube-controller-manager', usage: 'clientAuth' }),
    scheduler: authority.issue({ name: 'system:kube-scheduler', usage: 'clientAuth' }),
    kubeProxy: authority.issue({ name: 'system:kube-proxy', usage: 'clientAuth' }),
    kubelet: {
      client: authority.issue({ name: 'kube-apiserver-kubelet-client', groups: ['system:masters'], usage: 'clientAuth' }),
      of: (node: string) => authority.issue({ name: `system:node:${node}`, groups: ['system:nodes'], usage: 'clientAuth' })
    },
    privateKeyFile: join(folder, 'service-account.key'),
    publicKeyFile: join(folder, 'service-account.pub')
  }
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' }
  })
  writeFileSync(credentials.clientCaFile, authority.cert)
  writeFileSync(credentials.privateKeyFile, privateKey, { mode: 0o600 })
  writeFileSync(credentials.publicKeyFile, publicKey)
  return credentials
}
