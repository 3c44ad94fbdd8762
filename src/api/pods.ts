import { Type, type Static } from '@sinclair/typebox'
import { Names } from './names.ts'
import { OneOf } from './one-of.ts'
import { PodDefaults, podDefaults } from './pod-defaults.ts'
import { keysAreQualifiedNames, qualifiedName, valuesAreLabelValues } from './validation/label-syntax.ts'
import { withValidations } from './validation/cel-rule.ts'

/** Where pods go and how long they stay is the decision of the platform. */
export const closedPods = {
  allowNodeName: false,
  tolerations: [],
  nodeSelector: {},
  runtimeClasses: [],
  schedulers: ['default-scheduler'],
  csiDrivers: [],
  maxContainers: 32,
  maxTerminationGracePeriodSeconds: 3600,
  defaults: podDefaults
}

const Toleration = Type.Object({
  key: Type.String({
    maxLength: 317, pattern: `^([*]|${qualifiedName.source.slice(1, -1)})$`, description: 'Key of the taint; * for any.'
  }),
  value: Type.Optional(Type.String({ maxLength: 63, description: 'Value of the taint; any if absent.' })),
  effect: Type.Optional(OneOf(['NoSchedule', 'PreferNoSchedule', 'NoExecute'], { description: 'Effect of the taint; any if absent.' }))
}, { description: 'A toleration that pods may have.' })

export const NodeSelector = (description: string, options: { default?: object, minProperties?: number } = {}) =>
  withValidations(Type.Record(Type.String(), Type.String({ maxLength: 63 }), { ...options, maxProperties: 8, description }), [
    keysAreQualifiedNames, valuesAreLabelValues
  ])

/** Of pods and of the WorkloadPolicy. */
export const maxTolerations = 32

/** The nodes of some Tenants, by a name in their class. */
export const NodePool = Type.Object({
  nodeSelector: NodeSelector('The nodeSelector that each pod must have, instead of that of the class.', { minProperties: 1 }),
  tolerations: Type.Optional(Type.Array(Toleration, {
    minItems: 1, maxItems: 16, description: 'The allowed tolerations, besides those of the class.'
  }))
}, { description: 'Nodes that a Tenant may choose for its pods.' })

/** Bounds of single pods. */
export const Pods = withValidations(Type.Object({
  allowNodeName: Type.Boolean({
    default: closedPods.allowNodeName,
    description: 'Whether pods may name their node, past the scheduler and all taints.'
  }),
  tolerations: Type.Array(Toleration, {
    default: closedPods.tolerations,
    maxItems: maxTolerations,
    description: 'The allowed tolerations, besides those of not-ready and unreachable nodes. A taint keeps the pods of all others away.'
  }),
  nodeSelector: NodeSelector('The nodeSelector that each pod must have, so that it runs on these nodes only.', {
    default: closedPods.nodeSelector
  }),
  runtimeClasses: Names('The allowed RuntimeClasses. None by default.', 'gvisor', { default: closedPods.runtimeClasses }),
  schedulers: Names('The allowed schedulers.', 'default-scheduler', { default: closedPods.schedulers }),
  csiDrivers: Names('The allowed CSI drivers of volumes in the pod itself, without a claim, and nfs, iscsi and so on. None by default.',
    'secrets-store.csi.k8s.io', { default: closedPods.csiDrivers }),
  imagePullPolicies: Type.Optional(Type.Array(OneOf(['Always', 'IfNotPresent', 'Never']), {
    maxItems: 3,
    description: 'The allowed imagePullPolicies; any if absent. Without Always, a pod may run a private image that another pod brought ' +
      'to its node, unless the kubelet checks that (imagePullCredentialsVerificationPolicy).'
  })),
  maxContainers: Type.Integer({
    default: closedPods.maxContainers,
    minimum: 1,
    maximum: 100,
    description: 'The most containers and image volumes of a pod, init and ephemeral containers included.'
  }),
  maxTerminationGracePeriodSeconds: Type.Integer({
    default: closedPods.maxTerminationGracePeriodSeconds,
    minimum: 0,
    maximum: 2_592_000,
    description: 'The longest time from the deletion of a pod to its end.'
  }),
  defaults: PodDefaults
}, { default: closedPods, description: 'Rules for pods: where they run, how large they are, and what they get by default.' }), [{
  rule: '!has(self.defaults.runtimeClass) || self.defaults.runtimeClass in self.runtimeClasses',
  message: 'pods would get a RuntimeClass that is not allowed. Add defaults.runtimeClass to runtimeClasses',
  isValid: ({ defaults: { runtimeClass }, runtimeClasses }) => runtimeClass === undefined || runtimeClasses.includes(runtimeClass)
}])
export type Pods = Static<typeof Pods>
