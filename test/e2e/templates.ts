import type { KubeObject } from '../cluster/kube-object.ts'

export const templateKinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job', 'CronJob'] as const
export type TemplateKind = typeof templateKinds[number]

/** A workload with a template of this pod. */
export function templateOf ({ metadata: { name, namespace = '' }, spec }: KubeObject, kind: TemplateKind): KubeObject {
  const app = { app: name }
  const template = { metadata: { labels: app }, spec: { ...spec as object, ...(/Job/.test(kind) && { restartPolicy: 'Never' }) } }
  const apiVersion = kind === 'ReplicationController' ? 'v1' : /Job/.test(kind) ? 'batch/v1' : 'apps/v1'
  const selector = kind === 'ReplicationController' ? app : { matchLabels: app }
  return {
    apiVersion,
    kind,
    metadata: { name, namespace },
    spec: kind === 'CronJob'
      ? { schedule: '0 0 1 1 *', jobTemplate: { spec: { template } } }
      : kind === 'Job' ? { template } : { selector, template, ...(kind === 'StatefulSet' && { serviceName: name }) }
  }
}
