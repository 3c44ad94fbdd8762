/** Controllers of Kubernetes, by the users that they act as. */

/**
 * Without --use-service-account-credentials of the controller manager, all of its controllers are this user.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#controller-roles
 */
const controllerManager = 'system:kube-controller-manager'

const controllers = (...names: string[]): string[] => [...names.map(name => `system:serviceaccount:kube-system:${name}`), controllerManager]

export const namespaceController = controllers('namespace-controller')
export const garbageCollector = controllers('generic-garbage-collector')
/** Deletes pods whose node is gone. All others are ended by their node. */
export const podGarbageCollector = controllers('pod-garbage-collector')
/** Those that set conditions, end and nominate pods, and report resource claims; pods have no other writers except nodes. */
export const podStatusWriters = [
  'system:kube-scheduler',
  ...controllers(
    'pod-garbage-collector', 'node-controller', 'disruption-controller', 'device-taint-eviction-controller',
    'resource-claim-controller'
  )
]
export const endpointControllers = controllers('endpoint-controller', 'endpointslice-controller', 'endpointslicemirroring-controller')
/** Writers of a quota's status: its controller, also the one of OpenShift, and the API server on admission. */
export const quotaControllers = [
  'system:apiserver',
  'system:serviceaccount:kube-system:resourcequota-controller',
  'system:serviceaccount:openshift-infra:resourcequota-controller',
  controllerManager
]
