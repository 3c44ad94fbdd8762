import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'

/** The options of unshare for a machine of its own, all of which ends with its first process. */
export const namespaces = ['--net', '--mount', '--pid', '--ipc', '--uts', '--fork', '--kill-child', '--mount-proc']

/** Says what this machine lacks for a node, in a few words; undefined where it has all. */
export async function whyNoNode (): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'they need Linux'
  if (process.getuid?.() !== 0) return 'they need root, for namespaces of their own'
  if (!existsSync('/sys/fs/cgroup')) return 'they need cgroups in /sys/fs/cgroup'
  try {
    // In namespaces of its own this changes nothing here: it tries what a node does first.
    await promisify(execFile)('unshare', [
      ...namespaces, '/bin/sh', '-c',
      'mount -t tmpfs tmpfs /run && mkdir /run/netns && ip netns add world && ip link add node0 type veth peer name world0 netns world && ip link add cni0 type bridge'
    ])
  } catch (error) {
    const text = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() || error.message : String(error)
    return `this machine refuses namespaces with a network: ${text.split('\n').at(-1)}`
  }
  return undefined
}
