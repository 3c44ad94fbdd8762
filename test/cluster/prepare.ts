import { resolveAllBinaries } from './binaries.ts'
import { etcdRelease, kubernetesRelease } from './releases.ts'

/**
 * Has the binaries of the control plane ready before anything else, so that a test run without them fails in seconds and
 * says how to come by them, and a long build is seen before the tests begin.
 */
const { env } = process
try {
  const binaries = await resolveAllBinaries([etcdRelease(env), kubernetesRelease(env)], { env, log: line => console.log(line) })
  console.log(`control plane: ${Object.entries(binaries).map(([name, { source }]) => `${name} from ${source}`).join(', ')}`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
