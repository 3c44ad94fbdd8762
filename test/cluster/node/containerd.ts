import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Guard } from '../guard.ts'
import { startProcess } from '../process.ts'
import { writeImages, type ContainerImage } from './images.ts'
import { unmountBelow } from './mounts.ts'

const run = promisify(execFile)

export const socket = '/run/containerd/containerd.sock'

/** Holds the network namespace of a pod. */
export const pauseImage = 'registry.example.com/pause:1'

export interface Containerd {
  /** Makes images available to pods. */
  load (images: ContainerImage[]): Promise<void>
  /** The process that a container of a pod runs as. Rejects if none does. */
  pidOf (namespace: string, pod: string): Promise<number>
  /** Ends all containers, and removes their mounts. */
  stop (): Promise<void>
}

export interface ContainerdOptions {
  guard: Guard
  /** For its data. */
  folder: string
  /** The folders of CNI configurations and plugins. */
  cni: { configurations: string, plugins: string }
  /** Paths of programs. */
  programs: { containerd: string, shim: string, ctr: string, runc: string }
  env: NodeJS.ProcessEnv
}

export async function startContainerd ({ guard, folder, cni, programs, env }: ContainerdOptions): Promise<Containerd> {
  const config = join(folder, 'containerd.toml')
  mkdirSync(folder)
  writeFileSync(config, configuration({ cni, runc: programs.runc, folder }))
  const ctr = async (...args: string[]): Promise<string[]> => {
    const { stdout } = await run(programs.ctr, ['--address', socket, '--namespace', 'k8s.io', ...args], { env, maxBuffer: 1 << 26 })
    return stdout.split('\n').filter(line => line !== '')
  }
  const process = await startProcess({
    name: 'containerd',
    command: programs.containerd,
    args: ['--config', config, '--address', socket, '--root', join(folder, 'root'), '--state', '/run/containerd'],
    env: { ...env, PATH: `${dirname(programs.shim)}:${env.PATH}` },
    logFile: join(guard.folder, 'containerd.log'),
    guard,
    ready: async () => (await ctr('version')).some(line => line.startsWith('Server'))
  })
  let archives = 0
  return {
    async load (images) {
      const archive = join(folder, `images-${archives++}.tar`)
      writeImages(archive, images)
      await ctr('images', 'import', '--local', archive)
    },
    async pidOf (namespace, pod) {
      const ids = await ctr('containers', 'ls', '--quiet',
        `labels."io.kubernetes.pod.namespace"==${namespace},labels."io.kubernetes.pod.name"==${pod},labels."io.cri-containerd.kind"==container`)
      const running = (await ctr('tasks', 'ls')).map(line => line.trim().split(/\s+/)).find(([id = '', , state]) => ids.includes(id) && state === 'RUNNING')
      if (running === undefined) throw new Error(`${namespace}/${pod} has no running container`)
      return Number(running[1])
    },
    async stop () {
      // Containers outlive containerd, so they end before it.
      const tasks = await ctr('tasks', 'ls', '--quiet').catch(() => [])
      await Promise.all(tasks.map(async id => await ctr('tasks', 'delete', '--force', id).catch(() => {})))
      await process.stop()
      endShims()
      await unmountBelow('/run/containerd')
    }
  }
}

function configuration ({ folder, cni, runc }: { folder: string, cni: ContainerdOptions['cni'], runc: string }): string {
  // These need what a machine of namespaces lacks, or folders outside of the run.
  const disabled = ['nri.v1.nri', 'internal.v1.opt', ...['btrfs', 'zfs', 'devmapper', 'blockfile', 'erofs'].map(name => `snapshotter.v1.${name}`)]
  return `
version = 3
disabled_plugins = ${JSON.stringify(disabled.map(name => `io.containerd.${name}`))}
[plugins."io.containerd.cri.v1.images"]
  snapshotter = "overlayfs"
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "${pauseImage}"
[plugins."io.containerd.cri.v1.runtime"]
  # This process may not be allowed to change what the kernel kills first when memory is short.
  restrict_oom_score_adj = true
[plugins."io.containerd.cri.v1.runtime".cni]
  bin_dirs = ["${cni.plugins}"]
  conf_dir = "${cni.configurations}"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
  BinaryName = "${runc}"
  SystemdCgroup = false
  Root = "${join(folder, 'runc')}"
`
}

/** Every process with the name: in these namespaces all are of this run. */
function endShims (): void {
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    const file = `/proc/${pid}/comm`
    if (existsSync(file) && readFileSync(file, 'utf8').startsWith('containerd-shim')) process.kill(Number(pid), 'SIGKILL')
  }
}
