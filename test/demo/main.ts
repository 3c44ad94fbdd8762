import { parseArgs } from 'node:util'
import { createGuard } from '../cluster/guard.ts'
import { network } from '../cluster/node/network.ts'
import type { ClusterNode } from '../cluster/node/node.ts'
import { startPlatform, type Platform } from '../cluster/platform.ts'
import { onInterrupt } from './interrupt.ts'
import { enterCommand, isOnNode, runOnNode, startDemoNode } from './node.ts'
import { writeReport } from './report.ts'
import { createScreen } from './screen.ts'
import { show } from './show.ts'
import { errorMessage } from '../../src/error-message.ts'

const usage = `npm run demo [-- --once] [--json FILE] [--node]

  --node       start a node too, in namespaces of its own, and run the workload on it; needs Linux and root
  --once       exit after the demo: with 0, or with 1 and the reason
  --json FILE  write the results to a file, for programs

K8S_MTP_ENGINE, K8S_MTP_APPLY_STRATEGY and K8S_MTP_KUBERNETES choose engine, strategy and version.`

const options = {
  once: { type: 'boolean', default: false },
  json: { type: 'string' },
  node: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false }
} as const

async function main (): Promise<number> {
  const { values: { once, json, help, node: withNode } } = parseArgs({ options })
  if (help) {
    console.log(usage)
    return 0
  }
  if (withNode && !isOnNode(process.env)) return await runOnNode(process.argv.slice(1))
  const screen = createScreen(process.stdout, process.env)
  const guard = createGuard()
  let platform: Platform | undefined
  let node: ClusterNode | undefined
  let isShown = false
  const stop = async (): Promise<void> => {
    await node?.stop()
    await platform?.stop()
    await guard.close()
  }
  const interrupted = onInterrupt(async code => {
    screen.line('\nStopping ...')
    await stop()
    screen.line('All processes and files are removed.')
    // After the demo, Ctrl-C is the normal end.
    return isShown ? 0 : code
  })

  screen.section('k8s-mtp: from a Tenant to a namespace, on a real control plane')
  try {
    platform = await startPlatform({ guard, log: screen.step, ...(withNode && { apiserver: { nodes: network } }) })
    if (withNode) node = await startDemoNode(platform, guard, screen.step)
    screen.step('all components are ready')
    const report = await show(platform, screen, node)
    if (json !== undefined) writeReport(json, report)
    isShown = true
    if (!once) {
      screen.section('Continue with kubectl; Ctrl-C ends the demo')
      if (withNode) screen.line(`  ${enterCommand(process.env)}     # a shell on the machine of the node`)
      screen.line(`  export KUBECONFIG=${platform.kubeconfig}`)
      screen.line('  kubectl get tenants')
      await interrupted.never
    }
    await stop()
    return 0
  } catch (error) {
    // Errors during the clean-up are its consequence.
    if (interrupted.isInterrupted()) await interrupted.never
    await stop()
    throw error
  }
}

main().then(code => process.exit(code), (error: unknown) => {
  process.stderr.write(`\nThe demo failed: ${errorMessage(error)}\n`)
  process.exit(1)
})
