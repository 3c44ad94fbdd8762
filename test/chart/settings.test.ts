import { describe, expect, it } from 'vitest'
import { Environment, readConfig } from '../../src/server/config.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { containerIn, type PodSpec } from './pod.ts'
import { only, render } from './render.ts'

type Deployment = KubeObject & { spec: { template: { spec: PodSpec } } }

describe('the settings of the hook in the chart', async () => {
  const {
    spec: {
      template: { spec }
    }
  } = only(
    await render([
      '--set',
      'logLevel=debug,tls.existingSecret=certificate',
      '--set',
      'auth.bearer.existingSecret.name=tokens,auth.bearer.existingSecret.acceptedKey=accepted',
      '--set',
      'auth.clientCertificate.caSecret.name=authority,auth.clientCertificate.caSecret.key=bundle.pem',
      '--set',
      'auth.clientCertificate.secretRef.name=client'
    ]),
    'Deployment',
    'k8s-mtp'
  ) as Deployment
  const { env, volumeMounts } = containerIn(spec)

  it('are valid', () => {
    expect(env.map(({ name }) => name).filter(name => !(name in Environment.properties))).toEqual([])
    const config = readConfig(Object.fromEntries(env.map(({ name, value }) => [name, value])))
    expect(config).toMatchObject({
      logLevel: 'debug',
      tls: { certFile: expect.any(String), keyFile: expect.any(String), clientCaFile: expect.any(String) },
      tokenFile: expect.any(String)
    })
  })

  it.each([
    ['K8S_MTP_TLS_CERT_FILE', 'certificate', 'tls.crt'],
    ['K8S_MTP_TLS_KEY_FILE', 'certificate', 'tls.key'],
    ['K8S_MTP_CLIENT_CA_FILE', 'authority', 'bundle.pem'],
    ['K8S_MTP_TOKEN_FILE', 'tokens', 'accepted']
  ])('%s is the path of a file in the mounted Secret %s', (setting, secretName, key) => {
    const path = env.find(({ name }) => name === setting)?.value ?? ''
    const mount = volumeMounts.find(({ mountPath }) => path.startsWith(`${mountPath}/`))
    const secret = spec.volumes.find(({ name }) => name === mount?.name)?.secret
    expect(secret?.secretName).toBe(secretName)
    expect(secret?.items).toContainEqual({ key, path: path.slice(path.lastIndexOf('/') + 1) })
  })
})
