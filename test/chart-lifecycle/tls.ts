import { client } from '../e2e/context.ts'
import { createAuthority } from '../support/certificates.ts'
import { hookService } from './hook-service.ts'

/** Values for TLS and authentication without cert-manager. */
export const tlsValues = {
  tls: { existingSecret: 'hook-certificate', caBundle: { secretRef: { name: 'hook-ca' } } },
  auth: {
    bearer: { existingSecret: { name: 'hook-token' } },
    clientCertificate: { caSecret: { name: 'engine-ca' }, secretRef: { name: 'engine-certificate' } }
  }
}

/** Creates the Secrets in the namespace of the hook. Returns the CA of its certificate. */
export async function createSecrets (): Promise<string> {
  const [hooks, engines] = [createAuthority('hooks'), createAuthority('engines')]
  const server = hooks.issue({
    name: 'hook',
    usage: 'serverAuth',
    hosts: [`${hookService.name}.${hookService.namespace}.svc`],
    local: true
  })
  const engine = engines.issue({ name: 'metacontroller', usage: 'clientAuth' })
  await Promise.all(
    Object.entries({
      'hook-certificate': { 'tls.crt': server.cert, 'tls.key': server.key },
      'hook-ca': { 'ca.crt': hooks.cert },
      'hook-token': { token: 'a-token-of-the-tests' },
      'engine-ca': { 'ca.crt': engines.cert },
      'engine-certificate': { 'tls.crt': engine.cert, 'tls.key': engine.key }
    }).map(
      async ([name, stringData]) =>
        await client().create({
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name, namespace: hookService.namespace },
          stringData
        })
    )
  )
  return hooks.cert
}
