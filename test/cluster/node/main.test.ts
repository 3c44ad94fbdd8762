import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { attempt } from '../../support/run.ts'
import { repositoryPath } from '../paths.ts'
import { isRunning } from '../running.ts'
import { whyNoNode } from './requirements.ts'

const program = ['--import', 'tsx', repositoryPath('test/cluster/node/main.ts')]

/** A process in a cgroup, a mount, an interface and a packet filter, as a node has them. */
const script = `
for root in /sys/fs/cgroup/memory /sys/fs/cgroup; do [ -d "$root" ] && break; done
mkdir -p "$root$K8S_MTP_CGROUP/pod"
sleep 1000 & echo $! > "$root$K8S_MTP_CGROUP/pod/cgroup.procs"
mount -t tmpfs node-of-a-test /mnt
ip link add cni0 type bridge
nft add table inet node-of-a-test
echo "up $root"
wait
`

describe.skipIf(await whyNoNode() !== undefined)('a machine of namespaces', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)('leaves nothing behind after %s, and is not seen from outside', async signal => {
    const before = seen()
    const run = spawn(process.execPath, [...program, '/bin/sh', '-c', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const root = await new Promise<string>(resolve => run.stdout.on('data', chunk => {
      const [, root] = /^up (.*)$/m.exec(String(chunk)) ?? []
      if (root !== undefined) resolve(root)
    }))
    const cgroup = `${root}/k8s-mtp-${run.pid}`
    const pid = Number(readFileSync(`${cgroup}/pod/cgroup.procs`, 'utf8'))
    expect(isRunning(pid)).toBe(true)
    expect(seen()).toEqual(before)
    run.kill(signal)
    await expect.poll(() => isRunning(pid) || existsSync(cgroup), { timeout: 10_000 }).toBe(false)
    expect(seen()).toEqual(before)
  }, 240_000)

  it('ends with the code of its command', async () => {
    expect(await attempt(process.execPath, [...program, '/bin/sh', '-c', 'exit 7'])).toMatchObject({ code: 7 })
  }, 240_000)
})

/** Mounts and interfaces of this machine. */
function seen (): string[] {
  const links = JSON.parse(execFileSync('ip', ['-json', 'link'], { encoding: 'utf8' })) as { ifname: string }[]
  return [...readFileSync('/proc/mounts', 'utf8').split('\n'), ...links.map(({ ifname }) => ifname)]
}
