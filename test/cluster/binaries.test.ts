import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resolveBinaries, type Binaries } from './binaries.ts'
import { freePorts } from './ports.ts'
import { etcdRelease, kubernetesRelease, metacontrollerRelease, supportedKubernetes, type Release } from './releases.ts'

const platform = { os: 'linux', arch: 'amd64' }
const kubernetesPath = `/v${kubernetesRelease({}, platform).version}/bin/linux/amd64/`

describe('the binaries of a release', () => {
  let folder: string
  let env: NodeJS.ProcessEnv
  let server: Server
  let files: Map<string, Buffer>
  let log: string[]

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-test-'))
    files = new Map()
    log = []
    const [port] = await freePorts(1)
    server = createServer(({ url = '' }, response) => {
      const file = files.get(url)
      response.statusCode = file === undefined ? 404 : 200
      response.end(file)
    })
    await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
    const base = `http://127.0.0.1:${port}`
    // Without PATH, neither Go nor installed binaries are found.
    env = {
      XDG_CACHE_HOME: join(folder, 'cache'),
      PATH: '',
      K8S_MTP_KUBERNETES_DOWNLOADS: base,
      K8S_MTP_ETCD_DOWNLOADS: base,
      K8S_MTP_METACONTROLLER_DOWNLOADS: base
    }
  })
  afterEach(async () => {
    await new Promise(resolve => server.close(resolve))
    rmSync(folder, { recursive: true, force: true })
  })

  const resolve = (release: Release): Promise<Binaries> =>
    resolveBinaries(release, { env, log: line => log.push(line) })
  const kubernetes = (): Release => kubernetesRelease(env, platform)

  function put (name: string, content: string): void {
    mkdirSync(join(name, '..'), { recursive: true })
    writeFileSync(name, content)
    chmodSync(name, 0o755)
  }
  function publish (name: string, content: string, sum = sha256(content)): void {
    files.set(kubernetesPath + name, Buffer.from(content))
    files.set(`${kubernetesPath}${name}.sha256`, Buffer.from(sum))
  }
  function archive (members: Record<string, string>): Buffer {
    const source = join(folder, 'archive')
    for (const [name, content] of Object.entries(members)) put(join(source, name), content)
    return execFileSync('tar', ['-cz', '-C', source, ...Object.keys(members)])
  }

  it('are taken from KUBEBUILDER_ASSETS before PATH, and from the cache where both lack one', async () => {
    const assets = join(folder, 'assets')
    const path = join(folder, 'path')
    put(join(assets, 'kube-apiserver'), 'assets')
    put(join(path, 'kube-apiserver'), 'path')
    put(join(kubernetes().cache, 'kube-controller-manager'), 'cache')
    Object.assign(env, { KUBEBUILDER_ASSETS: assets, PATH: path })
    expect(await resolve(kubernetes())).toEqual({
      'kube-apiserver': { path: join(assets, 'kube-apiserver'), source: 'KUBEBUILDER_ASSETS' },
      'kube-controller-manager': { path: join(kubernetes().cache, 'kube-controller-manager'), source: 'cache' }
    })
  })

  it('of a tool are taken from the cache only, since on PATH it may have any version', async () => {
    const release: Release = {
      name: 'tool',
      version: '1.2.3',
      binaries: ['tool'],
      cache: join(folder, 'cache', 'tool-1.2.3'),
      downloads: [],
      exact: true
    }
    put(join(folder, 'path', 'tool'), 'path')
    Object.assign(env, { PATH: join(folder, 'path') })
    const failure = await resolve(release).catch((error: unknown) => String(error))
    expect(failure).toContain(`put it, in version 1.2.3, into ${release.cache}/`)
    expect(failure).not.toContain('PATH')
    put(join(release.cache, 'tool'), 'cache')
    expect(await resolve(release)).toEqual({ tool: { path: join(release.cache, 'tool'), source: 'cache' } })
  })

  it('are downloaded when their checksum matches, and cached', async () => {
    publish('kube-apiserver', 'the server')
    publish('kube-controller-manager', 'the manager', `${sha256('the manager')}\n`)
    const first = await resolve(kubernetes())
    expect(first['kube-apiserver']?.source).toBe('download')
    expect(readFileSync(first['kube-apiserver']?.path ?? '', 'utf8')).toBe('the server')
    files.clear()
    const second = await resolve(kubernetes())
    expect(second['kube-controller-manager']?.source).toBe('cache')
  })

  it('are refused when the checksum differs, and leave no files', async () => {
    publish('kube-apiserver', 'something else', sha256('the server'))
    await expect(resolve(kubernetes())).rejects.toThrow(/kube-apiserver has the SHA-256 \w+, but .* says \w+: refused/)
    expect(readdirSync(kubernetes().cache)).toEqual([])
  })

  it('are refused when no checksum is published', async () => {
    files.set(`${kubernetesPath}kube-apiserver`, Buffer.from('the server'))
    await expect(resolve(kubernetes())).rejects.toThrow('kube-apiserver.sha256 failed with 404')
    expect(readdirSync(kubernetes().cache)).toEqual([])
  })

  it('are extracted from an archive whose checksum is in a list', async () => {
    const etcd = archive({ 'etcd-v3.6.13-linux-amd64/etcd': 'etcd', 'etcd-v3.6.13-linux-amd64/README.md': 'read me' })
    const name = 'etcd-v3.6.13-linux-amd64.tar.gz'
    files.set(`/v3.6.13/${name}`, etcd)
    files.set('/v3.6.13/SHA256SUMS', Buffer.from(`${'0'.repeat(64)}  other.zip\n${sha256(etcd)}  ${name}\n`))
    const release = etcdRelease(env, platform)
    const { etcd: binary } = await resolve(release)
    expect(readFileSync(binary?.path ?? '', 'utf8')).toBe('etcd')
    expect(readdirSync(release.cache)).toEqual(['etcd'])
  })

  it('that can neither be found nor built are reported with each way to get them', async () => {
    server.close()
    const failure = await resolve(kubernetes()).catch((error: unknown) => String(error))
    expect(failure).toContain('kube-apiserver and kube-controller-manager cannot be found')
    expect(failure).toContain('is unreachable: ECONNREFUSED')
    for (const way of [
      'KUBEBUILDER_ASSETS',
      'PATH',
      kubernetes().cache,
      'can be reached',
      'install Go'
    ]) expect(failure).toContain(way)
  })

  it('of Metacontroller have the names of its releases', () => {
    expect(metacontrollerRelease({}, platform).downloads[0]?.url)
      .toBe('https://github.com/metacontroller/metacontroller/releases/download/v4.17.2/metacontroller_4.17.2_Linux_x86_64.tar.gz')
  })

  it('of a Kubernetes version that is not pinned are refused with the list of pinned ones', () => {
    expect(() => kubernetesRelease({ K8S_MTP_KUBERNETES: '1.20.0' }))
      .toThrow(`K8S_MTP_KUBERNETES=1.20.0 is not supported; choose one of ${supportedKubernetes().join(', ')}`)
  })
})

function sha256 (content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}
