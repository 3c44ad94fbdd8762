import { readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The oldest and the newest supported Kubernetes are tested; this is the newest. */
const DEFAULT_KUBERNETES = '1.37.2'
const ETCD = '3.6.13'
const METACONTROLLER = '4.17.2'

const DOWNLOADS = {
  kubernetes: 'https://dl.k8s.io',
  etcd: 'https://github.com/etcd-io/etcd/releases/download',
  metacontroller: 'https://github.com/metacontroller/metacontroller/releases/download'
}

/** The Go modules that pin the builds, a folder for each release. */
export const modules = fileURLToPath(new URL('binaries/', import.meta.url))

/** One version of one project, with the ways to get its binaries. */
export interface Release {
  name: string
  version: string
  binaries: string[]
  /** The folder of its binaries, outside the repository. */
  cache: string
  /** Where each binary can be downloaded; empty where the project publishes none for this platform. */
  downloads: Download[]
  /** How to build it from the Go module proxy, where that is possible. */
  build?: GoBuild
  /** True where only this version is valid, so PATH is not used. */
  exact?: true
}

export interface Download {
  binary: string
  url: string
  /** A file with the SHA-256 of `url`: nothing else, or lines of `sum  name`. */
  checksums: string
  /** The path of the binary in the archive, where the download is a .tar.gz. */
  member?: string
}

export interface GoBuild {
  module: string
  packages: string[]
  ldflags: string
}

type Env = NodeJS.ProcessEnv
interface Platform { os: string, arch: string }

/** The platform in the names that Go uses. */
export function goPlatform (): Platform {
  return {
    os: process.platform === 'win32' ? 'windows' : process.platform,
    arch: process.arch === 'x64' ? 'amd64' : process.arch
  }
}

export function cacheRoot (env: Env): string {
  const root = env.XDG_CACHE_HOME
  return join(root === undefined || root === '' ? join(homedir(), '.cache') : root, 'k8s-mtp')
}

export function supportedKubernetes (): string[] {
  return readdirSync(modules)
    .filter(name => name.startsWith('kubernetes-'))
    .map(name => name.slice('kubernetes-'.length))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}

/**
 * Returns the Kubernetes version of K8S_MTP_KUBERNETES, or the newest supported one. Throws for a version that this
 * repository cannot build.
 */
export function kubernetesRelease (env: Env, platform = goPlatform()): Release {
  return kubernetesBinaries(env, 'kubernetes', ['kube-apiserver', 'kube-controller-manager'], platform)
}

/** The programs of Kubernetes that a node runs, in the version of its control plane. */
export function kubernetesNodeRelease (env: Env, platform = goPlatform()): Release {
  return kubernetesBinaries(env, 'kubernetes-node', ['kubelet', 'kube-proxy', 'kube-scheduler'], platform)
}

function kubernetesBinaries (env: Env, name: string, binaries: string[], platform: Platform): Release {
  const wanted = env.K8S_MTP_KUBERNETES?.replace(/^v/, '')
  const version = wanted === undefined || wanted === '' ? DEFAULT_KUBERNETES : wanted
  const supported = supportedKubernetes()
  if (!supported.includes(version)) {
    throw new Error(`K8S_MTP_KUBERNETES=${version} is not supported; choose one of ${supported.join(', ')}`)
  }
  const [major = '', minor = ''] = version.split('.')
  const stamp = (name: string, value: string): string => `-X k8s.io/component-base/version.${name}=${value}`
  const base = env.K8S_MTP_KUBERNETES_DOWNLOADS ?? DOWNLOADS.kubernetes
  return {
    name,
    version,
    binaries,
    cache: cacheFolder(env, name, version, platform),
    downloads: platform.os !== 'linux'
      ? []
      : binaries.map(binary => {
        const url = `${base}/v${version}/bin/${platform.os}/${platform.arch}/${binary}`
        return { binary, url, checksums: `${url}.sha256` }
      }),
    build: {
      module: join(modules, `kubernetes-${version}`),
      packages: binaries.map(binary => `k8s.io/kubernetes/cmd/${binary}`),
      ldflags: [
        '-s -w',
        stamp('gitVersion', `v${version}`),
        stamp('gitMajor', major),
        stamp('gitMinor', minor)
      ].join(' ')
    }
  }
}

export function etcdRelease (env: Env, platform = goPlatform()): Release {
  const base = `${env.K8S_MTP_ETCD_DOWNLOADS ?? DOWNLOADS.etcd}/v${ETCD}`
  const archive = `etcd-v${ETCD}-${platform.os}-${platform.arch}`
  return {
    name: 'etcd',
    version: ETCD,
    binaries: ['etcd'],
    cache: cacheFolder(env, 'etcd', ETCD, platform),
    downloads: platform.os !== 'linux'
      ? []
      : [
          { binary: 'etcd', url: `${base}/${archive}.tar.gz`, checksums: `${base}/SHA256SUMS`, member: `${archive}/etcd` }
        ],
    build: { module: join(modules, `etcd-${ETCD}`), packages: ['go.etcd.io/etcd/server/v3'], ldflags: '-s -w' }
  }
}

/** Metacontroller is not on the Go module proxy, so it can only be downloaded. */
export function metacontrollerRelease (env: Env, platform = goPlatform()): Release {
  const base = `${env.K8S_MTP_METACONTROLLER_DOWNLOADS ?? DOWNLOADS.metacontroller}/v${METACONTROLLER}`
  const os = platform.os.charAt(0).toUpperCase() + platform.os.slice(1)
  const arch = platform.arch === 'amd64' ? 'x86_64' : platform.arch
  return {
    name: 'metacontroller',
    version: METACONTROLLER,
    binaries: ['metacontroller'],
    cache: cacheFolder(env, 'metacontroller', METACONTROLLER, platform),
    downloads: [{
      binary: 'metacontroller',
      url: `${base}/metacontroller_${METACONTROLLER}_${os}_${arch}.tar.gz`,
      checksums: `${base}/metacontroller_${METACONTROLLER}_checksums.txt`,
      member: 'metacontroller'
    }]
  }
}

export function cacheFolder (env: Env, name: string, version: string, { os, arch } = goPlatform()): string {
  return join(cacheRoot(env), `${name}-${version}-${os}-${arch}`)
}
