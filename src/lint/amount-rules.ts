/** The rules about amounts that cannot be used together, each with a heading in docs/classes.md. */
export const amountRules = {
  'pods-beyond-requests': 'More pods than a quota on requests admits by default',
  'pods-beyond-limits': 'More pods than a quota on limits admits by default',
  'quota-without-default': 'A quota on cpu or memory without a default for containers',
  'default-pod-refused': 'A minimum, maximum or ratio that refuses pods by default',
  'pods-beyond-pod-objects': 'More pods than count/pods admits',
  'jobs-beyond-pod-objects': 'More Jobs than count/pods admits',
  'default-below-max': 'A default limit below the maximum of a container',
  'override-beyond-max': 'A quota that one object cannot use',
  'limit-beyond-quota': 'A minimum or maximum of an object above the quota',
  'limit-beyond-pod': 'A maximum of a container above that of its pod',
  'requests-beyond-limits': 'A quota on requests above that on limits',
  'limits-beyond-requests': 'A quota on limits beyond the ratio to requests',
  'requests-beyond-pods': 'A quota on requests that the number of pods cannot use',
  'limits-beyond-pods': 'A quota on limits that the number of pods cannot use',
  'storage-beyond-claims': 'A quota on storage that the number of claims cannot use',
  'claims-beyond-storage': 'More claims than the quota on storage admits',
  'storage-class-beyond-total': 'A quota of a StorageClass above that of all classes',
  'cronjobs-beyond-jobs': 'More CronJobs than the quota on Jobs admits',
  'deployments-beyond-replicasets': 'More Deployments than the quota on ReplicaSets admits',
  'statefulsets-beyond-revisions': 'More StatefulSets than the quota on ControllerRevisions admits',
  'daemonsets-beyond-revisions': 'More DaemonSets than the quota on ControllerRevisions admits',
  'deployments-beyond-helm-history': 'More Deployments than the quota on Secrets admits with Helm',
  'services-beyond-endpoints': 'More Services than the quota on Endpoints admits',
  'services-beyond-endpointslices': 'More Services than the quota on EndpointSlices admits',
  'loadbalancers-beyond-services': 'More load balancers than Services',
  'loadbalancers-beyond-nodeports': 'More load balancers than node ports',
  'nodeports-beyond-services': 'Node ports without Services',
  'quota-beyond-service-types': 'A quota on Services of a type that the class refuses',
  'quota-repeated': 'Two quotas on one resource'
} as const

export type AmountRule = keyof typeof amountRules
