import type { KubeObject } from '../cluster/kube-object.ts'
import { client } from '../e2e/context.ts'
import { hookService } from './hook-service.ts'

/** Returns the pods of the release with one of the components, also those that terminate. */
export async function podsOf (...components: Array<'hook' | 'metacontroller'>): Promise<KubeObject[]> {
  const labelSelector = `app.kubernetes.io/component in (${components.join(',')})`
  return (await client().list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: hookService.namespace, labelSelector })).items
}

/** The same without those that terminate. */
export async function stayingPodsOf (...components: Parameters<typeof podsOf>): Promise<KubeObject[]> {
  return (await podsOf(...components)).filter(({ metadata }) => metadata.deletionTimestamp === undefined)
}
