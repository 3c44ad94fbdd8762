import { fieldsAt, listAt, numberAt, textAt, type Fields } from '../kubernetes/json.ts'
import type { ObservedObject } from '../kubernetes/object.ts'

/** A container of a workload or pod. */
export interface Container { image: string, args: string[] }

/** A Deployment, StatefulSet or DaemonSet, of any shape. */
export interface Workload {
  kind: string
  namespace: string
  name: string
  labels: Record<string, string>
  /** Desired pods, and those of them that are ready. */
  replicas: number
  ready: number
  serviceAccount: string
  containers: Container[]
}

export function readWorkload ({ kind, metadata, ...content }: ObservedObject): Workload {
  const spec = fieldsAt(content, 'spec')
  const status = fieldsAt(content, 'status')
  const podSpec = fieldsAt(fieldsAt(spec, 'template'), 'spec')
  const isDaemonSet = kind === 'DaemonSet'
  return {
    kind,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    labels: metadata.labels ?? {},
    replicas: isDaemonSet ? numberAt(status, 'desiredNumberScheduled', 0) : numberAt(spec, 'replicas', 1),
    ready: numberAt(status, isDaemonSet ? 'numberReady' : 'readyReplicas', 0),
    serviceAccount: textAt(podSpec, 'serviceAccountName') || 'default',
    containers: readContainers(podSpec)
  }
}

/** The containers of a pod spec, without init containers. */
export function readContainers (podSpec: Fields): Container[] {
  return listAt(podSpec, 'containers').map(container => ({
    image: textAt(container, 'image'),
    args: [...textsAt(container, 'command'), ...textsAt(container, 'args')]
  }))
}

/** `Deployment ns/name`. */
export function workloadName ({ kind, namespace, name }: Workload): string {
  return `${kind} ${namespace}/${name}`
}

/** `registry:5000/team/metacontroller` of `registry:5000/team/metacontroller:v4@sha256:...`. */
export function repositoryOf (image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^/:]*$/, '')
}

/** `v4` of `registry:5000/team/metacontroller:v4@sha256:...`; undefined for an image by digest only. */
export function tagOf (image: string): string | undefined {
  return /:([^/:]+)$/.exec(image.replace(/@.*$/, ''))?.[1]
}

/** The images of Metacontroller, whatever the registry. The chart looks for the same: chart/templates/metacontroller/occupied.yaml. */
export function runsMetacontroller ({ image }: Container): boolean {
  return /(^|\/)metacontroller(-distroless)?$/.test(repositoryOf(image))
}

/**
 * The value of a flag, as Go reads it: `--flag=value`, `--flag value` or with one dash; `true` for a flag alone.
 * Source: https://pkg.go.dev/flag#hdr-Command_line_flag_syntax
 */
export function flagOf (args: readonly string[], flag: string): string | undefined {
  const index = args.findLastIndex(arg => new RegExp(`^--?${flag}(=|$)`).test(arg))
  const [arg, next] = args.slice(index)
  if (index < 0 || arg === undefined) return undefined
  if (arg.includes('=')) return arg.slice(arg.indexOf('=') + 1)
  return next === undefined || next.startsWith('-') ? 'true' : next
}

function textsAt (fields: Fields, field: string): string[] {
  const value = fields[field]
  return Array.isArray(value) ? value.filter(each => typeof each === 'string') : []
}
