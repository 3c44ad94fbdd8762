import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { NodeNetwork } from '../components.ts'

const run = promisify(execFile)

/** Where namespace.sh puts the node, and what is outside of the cluster. */
export const addresses = { node: '10.89.0.2', internet: '203.0.113.10', metadata: '169.254.169.254' }

/** namespace.sh routes to these from outside. */
export const network: NodeNetwork = { address: addresses.node, pods: '10.244.0.0/16', services: '10.96.0.0/16' }

export const dnsAddress = '10.96.0.10'

/** Writes the configuration of the network of pods, a bridge, into a folder. Returns the folder of CNI configurations. */
export function writeCni (folder: string): string {
  const conf = join(folder, 'cni')
  mkdirSync(conf)
  writeFileSync(join(conf, '10-bridge.conflist'), JSON.stringify({
    cniVersion: '1.0.0',
    name: 'pods',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        // Pods reach Services of their own too.
        hairpinMode: true,
        ipam: { type: 'host-local', ranges: [[{ subnet: network.pods }]], dataDir: join(folder, 'addresses'), routes: [{ dst: '0.0.0.0/0' }] }
      },
      { type: 'portmap', capabilities: { portMappings: true } }
    ]
  }))
  return conf
}

/** Interfaces and packet filters as namespace.sh left them: a node before this one may have ended without cleaning up. */
export async function resetNetwork (env: NodeJS.ProcessEnv): Promise<void> {
  const links = JSON.parse((await run('ip', ['-json', 'link'], { env })).stdout) as { ifname: string }[]
  const others = links.filter(({ ifname }) => !['lo', 'node0'].includes(ifname))
  // The other end of a pair goes with the first.
  for (const { ifname } of others) await run('ip', ['link', 'delete', ifname], { env }).catch(() => {})
  await run('nft', ['flush', 'ruleset'], { env })
  await run('ipset', ['destroy'], { env })
}
