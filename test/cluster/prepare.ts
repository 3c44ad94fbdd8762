import { resolveAllBinaries } from './binaries.ts'
import { nodeReleases } from './node/releases.ts'
import { whyNoNode } from './node/requirements.ts'
import { resolveSystemPrograms } from './node/system-programs.ts'
import { etcdRelease, kubernetesRelease, supportedKubernetes } from './releases.ts'
import { toolReleases } from '../tools/tools.ts'

/**
 * Gets the binaries of the control plane, the tools and, where this machine can run one, a node before the tests begin: without them a run
 * fails in seconds, with the ways to get them, and a long build is visible.
 */
const { env } = process
const kubernetes = supportedKubernetes().map(version => kubernetesRelease({ ...env, K8S_MTP_KUBERNETES: version }))
try {
  const hasNode = await whyNoNode() === undefined
  const releases = [etcdRelease(env), ...kubernetes, ...toolReleases(env), ...(hasNode ? nodeReleases(env) : [])]
  const log = (line: string): void => console.log(line)
  const binaries = await resolveAllBinaries(releases, { env, log })
  if (hasNode) await resolveSystemPrograms({ env, log })
  for (const [index, { name, version }] of releases.entries()) {
    console.log(`${name} ${version}: ${Object.entries(binaries[index] ?? {})
      .map(([binary, { source }]) => `${binary} from ${source}`).join(', ')}`)
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
