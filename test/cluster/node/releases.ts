import { join } from 'node:path'
import { cacheFolder, goPlatform, kubernetesNodeRelease, modules, type Release } from '../releases.ts'

type Env = NodeJS.ProcessEnv
const github = 'https://github.com'

/** What a node runs besides the programs of the distribution: kubelet, container runtime, network, DNS. */
export function nodeReleases (env: Env, platform = goPlatform()): Release[] {
  return [
    kubernetesNodeRelease(env, platform),
    containerdRelease(env, platform),
    cniPluginsRelease(env, platform),
    kubeRouterRelease(env, platform),
    coreDnsRelease(env, platform)
  ]
}

/** From source, since the published binaries of containerd need the C library of their machine. */
function containerdRelease (env: Env, platform = goPlatform()): Release {
  return built({
    name: 'containerd',
    version: '2.4.2',
    packages: ['containerd', 'containerd-shim-runc-v2', 'ctr'].map(name => `github.com/containerd/containerd/v2/cmd/${name}`),
    ldflags: '-s -w -X github.com/containerd/containerd/v2/version.Version=2.4.2'
  }, env, platform)
}

function cniPluginsRelease (env: Env, platform = goPlatform()): Release {
  return built({
    name: 'cni-plugins',
    version: '1.10.0',
    packages: ['main/bridge', 'main/loopback', 'ipam/host-local', 'meta/portmap'].map(path => `github.com/containernetworking/plugins/plugins/${path}`)
  }, env, platform)
}

function kubeRouterRelease (env: Env, platform = goPlatform()): Release {
  return built({ name: 'kube-router', version: '2.1.0', packages: ['github.com/cloudnativelabs/kube-router/v2/cmd/kube-router'] }, env, platform)
}

function coreDnsRelease (env: Env, platform = goPlatform()): Release {
  const version = '1.15.0'
  const { os, arch } = platform
  const url = `${env.K8S_MTP_COREDNS_DOWNLOADS ?? `${github}/coredns/coredns/releases/download`}/v${version}/coredns_${version}_${os}_${arch}.tgz`
  return {
    ...built({ name: 'coredns', version, packages: ['github.com/coredns/coredns'] }, env, platform),
    downloads: [{ binary: 'coredns', url, checksums: `${url}.sha256`, member: 'coredns' }]
  }
}

interface Built { name: string, version: string, packages: string[], ldflags?: string }

/** Each binary has the name of its package. Exact: other versions have other flags and settings. */
function built ({ name, version, packages, ldflags = '-s -w' }: Built, env: Env, platform: { os: string, arch: string }): Release {
  return {
    name,
    version,
    binaries: packages.map(path => path.split('/').at(-1) ?? path),
    cache: cacheFolder(env, name, version, platform),
    downloads: [],
    build: { module: join(modules, `${name}-${version}`), packages, ldflags },
    exact: true
  }
}
