import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resolveBinaries } from '../binaries.ts'
import { nodeReleases } from './releases.ts'

const platform = { os: 'linux', arch: 'amd64' }

describe('the binaries of a node', () => {
  let folder: string
  let server: Server
  let env: NodeJS.ProcessEnv
  const files = new Map<string, Buffer | string>()

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-test-'))
    server = createServer(({ url = '' }, response) => { response.writeHead(files.has(url) ? 200 : 404).end(files.get(url)) })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    // Without PATH there is no Go.
    env = { XDG_CACHE_HOME: folder, PATH: '', K8S_MTP_COREDNS_DOWNLOADS: base, K8S_MTP_KUBERNETES_DOWNLOADS: base }
  })
  afterEach(() => {
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const release = (name: string) => {
    const found = nodeReleases(env, platform).find(release => release.name === name)
    if (found === undefined) throw new Error(`no release ${name}`)
    return found
  }
  const sum = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex')

  it('are downloaded and checked, where their projects publish static ones: CoreDNS', async () => {
    writeFileSync(join(folder, 'coredns'), 'a program')
    const archive = execFileSync('/bin/tar', ['-cz', '-C', folder, 'coredns'], { env: { PATH: '/usr/bin:/bin' } })
    const { version } = release('coredns')
    const url = `/v${version}/coredns_${version}_linux_amd64.tgz`
    files.set(url, archive).set(`${url}.sha256`, `${sum(archive)}  coredns_${version}_linux_amd64.tgz\n`)
    env.PATH = '/usr/bin:/bin'
    const { coredns } = await resolveBinaries(release('coredns'), { env, log: () => {} })
    expect(coredns?.source).toBe('download')
    expect(readFileSync(coredns?.path ?? '', 'utf8')).toBe('a program')
  })

  it('are those of the Kubernetes of the control plane', async () => {
    const { version, binaries } = release('kubernetes-node')
    for (const name of binaries) files.set(`/v${version}/bin/linux/amd64/${name}`, name).set(`/v${version}/bin/linux/amd64/${name}.sha256`, sum(name))
    const found = await resolveBinaries(release('kubernetes-node'), { env, log: () => {} })
    expect(Object.values(found).map(({ path }) => readFileSync(path, 'utf8'))).toEqual(['kubelet', 'kube-proxy', 'kube-scheduler'])
  })

  it.each(['containerd', 'cni-plugins', 'kube-router'])('are reported with what to do, if Go is missing: %s', async name => {
    await expect(resolveBinaries(release(name), { env, log: () => {} })).rejects.toThrow(/install Go 1\.26 or later/)
  })
})
