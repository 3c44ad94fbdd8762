import { resolveAllBinaries } from './binaries.ts'
import { etcdRelease, kubernetesRelease, supportedKubernetes } from './releases.ts'
import { toolReleases } from '../tools/tools.ts'

/**
 * Gets the binaries of the control plane and the tools before the tests begin: without them a run fails in seconds, with
 * the ways to get them, and a long build is visible.
 */
const { env } = process
const kubernetes = supportedKubernetes().map(version => kubernetesRelease({ ...env, K8S_MTP_KUBERNETES: version }))
try {
  const releases = [etcdRelease(env), ...kubernetes, ...toolReleases(env)]
  const binaries = await resolveAllBinaries(releases, { env, log: line => console.log(line) })
  for (const [index, { name, version }] of releases.entries()) {
    console.log(`${name} ${version}: ${Object.entries(binaries[index] ?? {})
      .map(([binary, { source }]) => `${binary} from ${source}`).join(', ')}`)
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
