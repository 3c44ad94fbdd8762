/** Users that guardrails exempt, by the names that they act as. cel.ts checks their credentials as well. */

/**
 * Without --use-service-account-credentials of the controller manager, all of its controllers are this user.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#controller-roles
 */
export const controllerManager = 'system:kube-controller-manager'

const inKubeSystem = (name: string): string => `system:serviceaccount:kube-system:${name}`
const controllers = (...names: string[]): string[] => [...names.map(inKubeSystem), controllerManager]

export const namespaceController = controllers('namespace-controller')
export const garbageCollector = controllers('generic-garbage-collector')
/** Deletes pods whose node is gone. All others are ended by their node. */
export const podGarbageCollector = controllers('pod-garbage-collector')
/** Those that set conditions, end and nominate pods, and report resource claims; pods have no other writers except nodes. */
export const podStatusWriters = [
  ...podGarbageCollector,
  ...['disruption-controller', 'device-taint-eviction-controller', 'resource-claim-controller'].map(inKubeSystem)
]
/** Writes the reason and the message of pods on lost nodes. Cloud controller managers request tokens of this ServiceAccount too. */
export const nodeController = inKubeSystem('node-controller')
/** Writes the status of pods. It is known by name alone: some installations authenticate it by a static token. */
export const scheduler = 'system:kube-scheduler'
export const endpointControllers = controllers('endpoint-controller', 'endpointslice-controller', 'endpointslicemirroring-controller')
/** Writers of a quota's status: its controller, also the one of OpenShift. */
export const quotaControllers = [
  ...controllers('resourcequota-controller'),
  'system:serviceaccount:openshift-infra:resourcequota-controller'
]
/** Counts in a quota's status on admission. It needs no credential to call itself. */
export const apiserver = 'system:apiserver'
/** Those that create pods from other objects, or these objects from others. */
export const workloadControllers = controllers(
  'deployment-controller', 'replicaset-controller', 'statefulset-controller', 'daemon-set-controller', 'job-controller',
  'cronjob-controller', 'replication-controller'
)

/** Alone among them, it adds tolerations to its pods. */
export const daemonSetController = controllers('daemon-set-controller')
/** Binds volume claims to volumes. */
export const volumeBinder = controllers('persistent-volume-binder')

/** The ServiceAccounts among them, whose tokens are guarded. */
export const exemptAccounts = [...new Set([
  namespaceController, garbageCollector, podStatusWriters, endpointControllers, quotaControllers, workloadControllers, volumeBinder
].flat())].filter(user => user !== controllerManager)
