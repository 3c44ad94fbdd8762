import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { resolveBinaries } from '../cluster/binaries.ts'
import { cacheFolder, type Release } from '../cluster/releases.ts'

interface Tool {
  /** What the file is called. */
  binary: string
  /** Of what is our own it is made from its content, so that the cache never has an older one. */
  version?: string
  /** The folder in modules/ that pins it, or holds it. */
  module: string
  package: string
  /** Where it keeps its version, for -ldflags -X; most find it out by themselves. */
  stamp?: string
}

/**
 * Programs that tests run, in the versions that they are run in, built from the Go module proxy: the go.mod of each pins all that goes into it.
 * With another version a test would say something else.
 */
const tools = {
  'helm-3': { binary: 'helm', version: '3.22.0', module: 'helm-3.22.0', package: 'helm.sh/helm/v3/cmd/helm', stamp: 'helm.sh/helm/v3/internal/version.version' },
  'helm-4': { binary: 'helm', version: '4.3.1', module: 'helm-4.3.1', package: 'helm.sh/helm/v4/cmd/helm', stamp: 'helm.sh/helm/v4/internal/version.version' },
  'helm-unittest': { binary: 'helm-unittest', version: '1.1.2', module: 'helm-unittest-1.1.2', package: 'github.com/helm-unittest/helm-unittest/cmd/helm-unittest' },
  'helm-docs': { binary: 'helm-docs', version: '1.14.2', module: 'helm-docs-1.14.2', package: 'github.com/norwoodj/helm-docs/cmd/helm-docs' },
  'helm-values-schema': { binary: 'helm-values-schema', version: '2.3.1', module: 'helm-values-schema-2.3.1', package: 'github.com/losisin/helm-values-schema-json/v2' },
  promtool: { binary: 'promtool', version: '0.316.0', module: 'promtool-0.316.0', package: 'github.com/prometheus/prometheus/cmd/promtool' },
  'kube-state-metrics': { binary: 'kube-state-metrics', version: '2.18.0', module: 'kube-state-metrics-2.18.0', package: 'k8s.io/kube-state-metrics/v2' },
  actionlint: { binary: 'actionlint', version: '1.7.12', module: 'actionlint-1.7.12', package: 'github.com/rhysd/actionlint/cmd/actionlint' },
  // At most one minor version from each tested Kubernetes, which is what kubectl supports.
  kubectl: { binary: 'kubectl', version: '1.36.3', module: 'kubectl-1.36.3', package: 'k8s.io/kubernetes/cmd/kubectl', stamp: 'k8s.io/component-base/version.gitVersion' },
  // Of our own.
  'health-readers': { binary: 'health-readers', module: 'gitops', package: './health-readers' },
  'ignored-differences': { binary: 'ignored-differences', module: 'gitops', package: './ignored-differences' },
  'flux-apply': { binary: 'flux-apply', module: 'gitops', package: './flux-apply' }
} as const satisfies Record<string, Tool>

export type ToolName = keyof typeof tools

/** What the chart has to work with. */
export const helmVersions = ['helm-3', 'helm-4'] as const satisfies ToolName[]
export type HelmVersion = typeof helmVersions[number]

const modules = fileURLToPath(new URL('modules/', import.meta.url))

export function toolReleases (env: NodeJS.ProcessEnv): Release[] {
  return Object.values(tools).map(tool => releaseOf(tool, env))
}

/** The path of a tool. Rejects with a MissingBinaryError where it is neither in the cache nor can be built. */
export async function tool (name: ToolName, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const release = releaseOf(tools[name], env)
  const { [tools[name].binary]: binary } = await resolveBinaries(release, { env, log: line => console.log(line) })
  if (binary === undefined) throw new Error(`${release.name} ${release.version} was made and is not there`)
  return binary.path
}

function releaseOf ({ binary, module, package: program, stamp, ...given }: Tool, env: NodeJS.ProcessEnv): Release {
  const folder = join(modules, module)
  const version = given.version ?? contentOf(folder)
  const name = given.version === undefined ? binary : module.slice(0, -version.length - 1)
  return {
    name,
    version,
    binaries: [binary],
    cache: cacheFolder(env, name, version),
    downloads: [],
    build: {
      module: folder,
      packages: [program],
      ldflags: ['-s -w', ...(stamp === undefined ? [] : [`-X ${stamp}=v${version}`])].join(' ')
    },
    exact: true
  }
}

function contentOf (folder: string): string {
  const hash = createHash('sha256')
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  for (const file of files.map(({ parentPath, name }) => join(parentPath, name)).sort()) hash.update(file.slice(folder.length)).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex').slice(0, 12)
}
