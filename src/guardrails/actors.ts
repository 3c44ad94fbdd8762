/**
 * Controllers of Kubernetes that must be able to do their work, by the users that they act as. Where the controller manager runs without
 * --use-service-account-credentials, all of them are one user.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#controller-roles
 */
const controllerManager = 'system:kube-controller-manager'

export const namespaceController = ['system:serviceaccount:kube-system:namespace-controller', controllerManager] as const
export const garbageCollector = ['system:serviceaccount:kube-system:generic-garbage-collector', controllerManager] as const

/** What makes Endpoints and EndpointSlices of Services, from what nodes say of pods. */
export const endpointControllers = [
  ...['endpoint-controller', 'endpointslice-controller', 'endpointslicemirroring-controller'].map(name => `system:serviceaccount:kube-system:${name}`),
  controllerManager
] as const

/** What ends pods whose node has gone. All others are ended by their node. */
export const podCollectors = ['system:serviceaccount:kube-system:pod-garbage-collector', controllerManager] as const

/** Who counts what quotas are used up by: the quota controller, also where a distribution runs it elsewhere, and the API server itself, on admission. */
export const quotaKeepers = [
  'system:apiserver',
  'system:serviceaccount:kube-system:resourcequota-controller',
  'system:serviceaccount:openshift-infra:resourcequota-controller',
  controllerManager
] as const
