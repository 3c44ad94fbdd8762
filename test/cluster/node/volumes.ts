import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Container, KeyToPath, Pod, Volume, VolumeProjection } from 'kubernetes-types/core/v1.js'
import { isRecord } from '../api-error.ts'
import { requestToken } from '../token.ts'
import { NotReadyError, type World } from './world.ts'

/** Where in the container, and where on this machine. */
export interface Mount { mountPath: string, folder: string }

/** Path in the volume to content. */
type Files = Record<string, Buffer | string>

/**
 * Writes the volumes that a container mounts, once: Secrets and ConfigMaps that change later are not written again.
 * Rejects with a NotReadyError while an object is missing, or where the volume is of a kind that is not known here.
 */
export async function writeVolumes (pod: Pod, container: Container, folder: string, world: World): Promise<Mount[]> {
  return await Promise.all((container.volumeMounts ?? []).map(async ({ name, mountPath, subPath }) => {
    const volume = pod.spec?.volumes?.find(candidate => candidate.name === name)
    if (volume === undefined || subPath !== undefined) throw new NotReadyError('CreateContainerConfigError', `the test node cannot mount ${name} at ${mountPath}`)
    const target = join(folder, name)
    writeFolder(target, await filesOf(volume, pod, world))
    return { mountPath, folder: target }
  }))
}

/** As a kubelet does: the files in a folder of their own, and links to them, so that all of them can change at once. */
function writeFolder (folder: string, files: Files): void {
  const data = join(folder, `..${Date.now()}`)
  mkdirSync(data, { recursive: true })
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(data, path)), { recursive: true })
    writeFileSync(join(data, path), content, { mode: 0o600 })
  }
  symlinkSync(basename(data), join(folder, '..data'))
  for (const name of new Set(Object.keys(files).map(path => path.split('/')[0] ?? path))) symlinkSync(join('..data', name), join(folder, name))
}

async function filesOf (volume: Volume, pod: Pod, world: World): Promise<Files> {
  const { secret, configMap, projected, emptyDir } = volume
  if (emptyDir !== undefined) return {}
  if (projected !== undefined) return await projectedFiles(projected.sources ?? [], pod, world)
  if (secret !== undefined) return await projectedFiles([{ secret: { ...secret, ...(secret.secretName !== undefined && { name: secret.secretName }) } }], pod, world)
  if (configMap !== undefined) return await projectedFiles([{ configMap }], pod, world)
  throw new NotReadyError('CreateContainerConfigError', `the test node knows no volume of the kind of ${volume.name}`)
}

async function projectedFiles (sources: VolumeProjection[], pod: Pod, world: World): Promise<Files> {
  const files = await Promise.all(sources.map(async source => {
    if (source.serviceAccountToken !== undefined) return { [source.serviceAccountToken.path]: await tokenOf(pod, world, source.serviceAccountToken) }
    if (source.downwardAPI !== undefined) return Object.fromEntries((source.downwardAPI.items ?? []).map(({ path, fieldRef }) => [path, fieldOf(pod, fieldRef?.fieldPath ?? '')]))
    const [kind, reference] = source.secret !== undefined ? ['Secret', source.secret] as const : ['ConfigMap', source.configMap] as const
    if (reference === undefined) throw new NotReadyError('CreateContainerConfigError', `the test node knows no such source of a volume: ${JSON.stringify(source)}`)
    const content = await contentOf(world, { kind, namespace: pod.metadata?.namespace ?? '', name: reference.name ?? '', optional: reference.optional === true })
    return picked(content, reference.items, `${kind} ${reference.name}`)
  }))
  return Object.assign({}, ...files)
}

function picked (content: Files, items: KeyToPath[] | undefined, where: string): Files {
  if (items === undefined) return content
  return Object.fromEntries(items.map(({ key, path }) => {
    const found = content[key]
    if (found === undefined) throw new NotReadyError('CreateContainerConfigError', `${where} has no key ${key}`)
    return [path, found]
  }))
}

/** All of a Secret or ConfigMap, decoded. Rejects with a NotReadyError where it is missing and not optional. */
export async function contentOf ({ client }: World, { kind, namespace, name, optional }: { kind: 'Secret' | 'ConfigMap', namespace: string, name: string, optional: boolean }): Promise<Files> {
  const object = await client.find({ apiVersion: 'v1', kind, namespace, name })
  if (object === undefined && !optional) throw new NotReadyError('CreateContainerConfigError', `${kind} ${namespace}/${name} not found`)
  const encoded = kind === 'Secret' ? object?.data : object?.binaryData
  const plain = kind === 'Secret' ? undefined : object?.data
  return {
    ...Object.fromEntries(Object.entries(strings(plain))),
    ...Object.fromEntries(Object.entries(strings(encoded)).map(([key, value]) => [key, Buffer.from(value, 'base64')]))
  }
}

function strings (value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(isRecord(value) ? value : {}).map(([key, text]) => [key, String(text)]))
}

/** A token of the pod's ServiceAccount that ends with the pod, as the kubelet gets it. */
async function tokenOf ({ metadata, spec }: Pod, { client }: World, { audience, expirationSeconds }: { audience?: string, expirationSeconds?: number }): Promise<string> {
  const { namespace = '', name = '', uid = '' } = metadata ?? {}
  return await requestToken(client, namespace, spec?.serviceAccountName ?? 'default', {
    ...(audience !== undefined && { audiences: [audience] }),
    ...(expirationSeconds !== undefined && { expirationSeconds }),
    boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid }
  })
}

/** Of the fields that a container may be told of itself, those that are the same here. */
export function fieldOf ({ metadata, spec }: Pod, path: string): string {
  const fields: Record<string, string | undefined> = {
    'metadata.name': metadata?.name,
    'metadata.namespace': metadata?.namespace,
    'metadata.uid': metadata?.uid,
    'spec.nodeName': spec?.nodeName,
    'spec.serviceAccountName': spec?.serviceAccountName
  }
  const value = fields[path]
  if (value === undefined) throw new NotReadyError('CreateContainerConfigError', `the test node knows no field ${path}`)
  return value
}
