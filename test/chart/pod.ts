import { isRecord } from '../cluster/api-error.ts'

/** Fields of a container that tests read. */
export interface Container {
  command: string[]
  args: string[]
  env: Array<{ name: string, value: string }>
  volumeMounts: Array<{ name: string, mountPath: string }>
}

export interface PodSpec {
  containers: Container[]
  volumes: Array<{ name: string, secret: { secretName: string, items: Array<{ key: string, path: string }> } }>
}

/** Returns the only container. Throws if there are none or several. */
export function containerIn (spec: unknown): Container {
  const [container, ...others] = isRecord(spec) && Array.isArray(spec.containers) ? (spec as unknown as PodSpec).containers : []
  if (container === undefined || others.length > 0) throw new Error('expected one container')
  return container
}
