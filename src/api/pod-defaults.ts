import { Type, type Static } from '@sinclair/typebox'
import { subdomain } from './validation/label-syntax.ts'

const closed = { podSecurity: true, userNamespaces: false, nodeSelector: true, tolerations: false }

const name = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 253, pattern: subdomain.source, description }))

/** Fields that the API server fills in where a pod has none. It never replaces a value. */
export const PodDefaults = Type.Object({
  podSecurity: Type.Boolean({
    default: closed.podSecurity,
    description: 'Whether pods get what the Pod Security Standard restricted requires and they leave out: runAsNonRoot, seccompProfile, ' +
      'allowPrivilegeEscalation and dropped capabilities. Only where podSecurity.enforce is restricted.'
  }),
  userNamespaces: Type.Boolean({
    default: closed.userNamespaces,
    description: 'Whether they get hostUsers: false instead of runAsNonRoot, so that images which need root run as root of their own ' +
      'user namespace. The nodes have to support it.'
  }),
  nodeSelector: Type.Boolean({
    default: closed.nodeSelector, description: 'Whether they get the nodeSelector of pods.nodeSelector. Pods of DaemonSets do not.'
  }),
  tolerations: Type.Boolean({
    default: closed.tolerations, description: 'Whether they get the tolerations of pods.tolerations, except those of all taints.'
  }),
  runtimeClass: name('The RuntimeClass that they get; one of pods.runtimeClasses.'),
  priorityClass: name('The PriorityClass that they get, also instead of the default of the cluster; one of priorityClasses.')
}, {
  default: closed,
  description: 'What new pods get where they have no value of their own. Needs Kubernetes 1.36; on 1.35 nothing is filled in.'
})
export type PodDefaults = Static<typeof PodDefaults>

export const podDefaults = closed
