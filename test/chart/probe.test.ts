import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createAuthority } from '../support/certificates.ts'
import { mountForTest } from '../support/mounted.ts'
import { attempt, type Ended } from '../support/run.ts'
import { served } from '../support/served.ts'
import { containerIn } from './pod.ts'
import { only, render } from './render.ts'

let command: string[]
beforeAll(async () => {
  const container = containerIn(only(await render(), 'Pod', 'k8s-mtp-test').spec)
  command = [...container.command, ...container.args]
})

describe('the probe of helm test', () => {
  it('succeeds for the hook', async () => {
    const origin = `http://127.0.0.1:${(await served({ tls: undefined, tokenFile: undefined })).port}`
    expect(await probe(origin)).toMatchObject({ code: 0, stdout: `${origin}/healthz: ok\n${origin}/readyz: ok\n${origin}/metrics: ok\n` })
  })

  it('succeeds for the hook over TLS, only with its CA', async () => {
    const [authority, other] = [createAuthority('authority'), createAuthority('other')]
    const { cert, key } = authority.issue({ name: 'hook', local: true })
    const files = mountForTest({ cert, key, ca: other.cert, token: '0123456789abcdef' })
    const { port } = await served({
      tls: { certFile: files.file('cert'), keyFile: files.file('key'), clientCaFile: files.file('ca') },
      tokenFile: files.file('token')
    })
    expect(await probe(`https://127.0.0.1:${port}`, authority.cert)).toMatchObject({ code: 0 })
    expect(await probe(`https://127.0.0.1:${port}`, other.cert)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('unable to verify the first certificate')
    })
  })

  it('fails for another server, and reports its response', async () => {
    const impostor = createServer((_, response) => { response.end('ok') })
    onTestFinished(() => { impostor.close() })
    await new Promise<void>(resolve => { impostor.listen(0, '127.0.0.1', resolve) })
    const { port } = impostor.address() as AddressInfo // of a server that listens on a port
    expect(await probe(`http://127.0.0.1:${port}`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('/metrics responds with 200, expected 200 and k8s_mtp_build_info: ok')
    })
  })

  it('fails without a server', async () => {
    expect(await probe('http://127.0.0.1:1')).toMatchObject({ code: 1, stderr: expect.stringContaining('ECONNREFUSED') })
  })
})

/** Runs the command of the container, with the Node of this test. */
async function probe (origin: string, ca?: string): Promise<Ended> {
  const env = { K8S_MTP_URL: origin, ...(ca !== undefined && { K8S_MTP_CA: ca }) }
  return await attempt(process.execPath, command.slice(1), { env })
}
