import { isRecord } from '../cluster/api-error.ts'

/** What tests read of the one container of a pod of ours. */
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

/** Throws where there is not one container. What else it has is judged by the API server. */
export function containerIn (spec: unknown): Container {
  const [container, ...others] = isRecord(spec) && Array.isArray(spec.containers) ? (spec as unknown as PodSpec).containers : []
  if (container === undefined || others.length > 0) throw new Error('the pod has not one container')
  return container
}
