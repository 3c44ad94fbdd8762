import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Container, EnvVar, Pod } from 'kubernetes-types/core/v1.js'
import { writeKubeconfig } from '../kubeconfig.ts'
import { contentOf, fieldOf, writeVolumes, type Mount } from './volumes.ts'
import { NotReadyError, withServiceNames, type World } from './world.ts'

/** A process of this machine. */
export interface Launch { command: string, args: string[], env: NodeJS.ProcessEnv, cwd: string }

/** Where a pod's process listens for what its container calls port 8080. */
export interface Address { host: string, port: number }

/** Where the API server lets pods find their token. */
const tokenFolder = '/var/run/secrets/kubernetes.io/serviceaccount'

/** The entrypoint of the image, which it runs in /app. */
const imageNode = '/nodejs/bin/node'
const imageEntrypoint = [imageNode, 'dist/main.js']

/** Rejects with a NotReadyError where the image is another one, or something is missing that the container needs. */
export async function launchOf (pod: Pod, container: Container, { folder, address, world }: { folder: string, address: Address, world: World }): Promise<Launch> {
  const cwd = imageOf(container, world)
  const mounts = await writeVolumes(pod, container, folder, world)
  const [command, ...args] = [...(container.command ?? imageEntrypoint), ...(container.args ?? [])]
  if (command !== imageNode) throw new NotReadyError('RunContainerError', `the image has no program ${command}`)
  const moved = (text: string): string => inFolders(text, mounts)
  return {
    command: process.execPath,
    args: args.map(moved),
    env: {
      ...withServiceNames(world.services),
      ...Object.fromEntries(await Promise.all((container.env ?? []).map(async variable => [variable.name, moved(await valueOf(variable, pod, world))]))),
      ...kubeconfigOf(mounts, folder, world),
      K8S_MTP_HOST: address.host,
      K8S_MTP_PORT: String(address.port)
    },
    cwd
  }
}

function imageOf ({ image = '' }: Container, { images }: World): string {
  const [, tag = 'latest'] = /(?:^|\/)k8s-mtp\/k8s-mtp(?::([^@]*))?(?:@.*)?$/.exec(image) ?? [image, '']
  const found = images[tag]
  if (found === undefined) throw new NotReadyError('ErrImagePull', `the test node has no image ${image}`)
  return found
}

/** A path in the container, alone or behind an equals sign, as the one on this machine. */
export function inFolders (text: string, mounts: Mount[]): string {
  const deepestFirst = [...mounts].sort((a, b) => b.mountPath.length - a.mountPath.length)
  const [, before = '', path = ''] = /^([^/=]*=)?(\/.*)$/s.exec(text) ?? []
  const mount = deepestFirst.find(({ mountPath }) => path === mountPath || path.startsWith(`${mountPath}/`))
  return mount === undefined ? text : before + mount.folder + path.slice(mount.mountPath.length)
}

async function valueOf ({ name, value = '', valueFrom }: EnvVar, pod: Pod, world: World): Promise<string> {
  if (valueFrom === undefined) return value
  if (valueFrom.fieldRef !== undefined) return fieldOf(pod, valueFrom.fieldRef.fieldPath)
  const [kind, reference] = valueFrom.secretKeyRef !== undefined ? ['Secret', valueFrom.secretKeyRef] as const : ['ConfigMap', valueFrom.configMapKeyRef] as const
  const content = await contentOf(world, { kind, namespace: pod.metadata?.namespace ?? '', name: reference?.name ?? '', optional: false })
  const found = content[reference?.key ?? '']
  if (found === undefined) throw new NotReadyError('CreateContainerConfigError', `the test node finds nothing for the variable ${name}`)
  return found.toString()
}

/** In-cluster configuration reads a fixed path, which a process without a mount namespace has not. */
function kubeconfigOf (mounts: Mount[], folder: string, { connection }: World): NodeJS.ProcessEnv {
  const mount = mounts.find(({ mountPath }) => mountPath === tokenFolder)
  const token = mount === undefined ? '' : join(mount.folder, 'token')
  if (!existsSync(token)) return {}
  const file = join(folder, 'kubeconfig')
  writeKubeconfig(file, { ...connection, authentication: { token: readFileSync(token, 'utf8') } }, 'pod')
  return { KUBECONFIG: file }
}
