import { resolveAllBinaries } from './binaries.ts'
import { etcdRelease, kubernetesRelease, supportedKubernetes } from './releases.ts'
import { toolReleases } from '../tools/tools.ts'

/**
 * Has the binaries of the control plane and the tools of the tests ready before anything else, so that a test run without
 * them fails in seconds and says how to come by them, and a long build is seen before the tests begin.
 */
const { env } = process
const kubernetes = supportedKubernetes().map(version => kubernetesRelease({ ...env, K8S_MTP_KUBERNETES: version }))
try {
  const releases = [etcdRelease(env), ...kubernetes, ...toolReleases(env)]
  const binaries = await resolveAllBinaries(releases, { env, log: line => console.log(line) })
  for (const [index, { name, version }] of releases.entries()) {
    console.log(`${name} ${version}: ${Object.entries(binaries[index] ?? {}).map(([binary, { source }]) => `${binary} from ${source}`).join(', ')}`)
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
