import { any, type WorkloadPolicySpec } from '../../api/workload-policy.ts'
import type { Check, Family, Result } from '../check.ts'
import type { Context, PodManifest } from '../context.ts'
import { creation, verifyName } from '../creation.ts'
import { judgePod } from '../pods/base-pod.ts'
import { withContainer, withSpec } from '../pods/pod-trial.ts'
import { resources } from '../../kubernetes/resources.ts'
import { noMemberCan } from '../escalation/attempts.ts'
import { allowed, withoutPolicy } from './allowed.ts'
import { ingressHostNames, routeHostNames } from './host-names.ts'
import { judgeObject, type ObjectTrial } from './object-trial.ts'

/** An address of the documentation range, reserved. Source: https://datatracker.ietf.org/doc/html/rfc5737 */
const foreignAddress = '192.0.2.1'
/** Exists in every cluster. */
const systemPriority = 'system-node-critical'

type Trial = (workloads: WorkloadPolicySpec | undefined) => ObjectTrial

/**
 * Judges an object unless the WorkloadPolicy allows it.
 * @param allows what it allows, if it does
 */
function objectCheck (check: Omit<Check, 'judge'>, allows: (policy: WorkloadPolicySpec) => string | undefined, trial: Trial): Check {
  return {
    ...check,
    async judge (context) {
      const policy = await context.workloads()
      const what = policy && allows(policy)
      return policy !== undefined && what !== undefined ? allowed(policy, what) : await judgeObject(context, trial(policy))
    }
  }
}

interface PodChange { what: string, change: (pod: PodManifest, policy: WorkloadPolicySpec | undefined) => PodManifest }

/** @param needsPolicy without a WorkloadPolicy, nothing says what the cluster shares */
function podCheck (
  check: Omit<Check, 'judge'>, allows: (policy: WorkloadPolicySpec) => string | undefined, trial: PodChange, needsPolicy = false
): Check {
  return {
    ...check,
    async judge (context) {
      const policy = await context.workloads()
      if (policy === undefined && needsPolicy) return withoutPolicy(context, 'what')
      const what = policy && allows(policy)
      return policy !== undefined && what !== undefined
        ? allowed(policy, what)
        : await judgePod(context, { what: trial.what, change: pod => trial.change(pod, policy), expected: ['policy', 'pod-security'] })
    }
  }
}

/** Each key with another value: a key that is absent may be filled in. */
const otherNodes = (policy: WorkloadPolicySpec | undefined): Record<string, string> =>
  Object.fromEntries(Object.keys(policy?.pods.nodeSelector ?? {}).map(key => [key, verifyName]))

const remedyOf = (field: string): string =>
  `Set spec.workloads.${field} of the TenantClass, and check the guardrails: k8s-mtp check. In a namespace without a Tenant, a policy ` +
  'has to refuse it.'

const service = (spec: object) => ({ spec: { selector: { app: verifyName }, ports: [{ port: 80 }], ...spec } })

function serviceCheck (check: Omit<Check, 'judge' | 'remedy'> & { field: string }, type: string, spec: object, what: string): Check {
  const { field, ...others } = check
  const allows = ({ services }: WorkloadPolicySpec) => services.types.includes(type) ? `Services of type ${type}` : undefined
  return objectCheck({ ...others, remedy: remedyOf(field) }, allows, () =>
    ({ resource: resources.services, what, harmless: service({}), harmful: service(spec) }))
}

const claim = (spec: object, policy: WorkloadPolicySpec | undefined) => {
  const [className] = policy?.storageClasses ?? []
  return {
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Mi' } },
      ...(className !== undefined && className !== any && { storageClassName: className }),
      ...spec
    }
  }
}

const slice = (address: string) => ({ addressType: 'IPv4', endpoints: [{ addresses: [address] }], ports: [{ port: 80 }] })

/** Members need no permission on EndpointSlices, so that a refusal by RBAC counts. Endpoints are checked as objects with a twin. */
async function judgeEndpoints (context: Context): Promise<Result> {
  const policy = await context.workloads()
  const { addresses } = policy?.endpoints ?? { addresses: [] }
  if (policy !== undefined && addresses.length > 0) return allowed(policy, `the endpoint addresses ${addresses.join(', ')}`)
  const { name: namespace } = context.target
  return await noMemberCan(context, [
    {
      what: `create Endpoints with the address ${foreignAddress}`,
      request: creation(resources.endpoints, namespace, { subsets: [{ addresses: [{ ip: foreignAddress }], ports: [{ port: 80 }] }] })
    },
    {
      what: `create an EndpointSlice with the address ${foreignAddress}`,
      request: creation(resources.endpointSlices, namespace, slice(foreignAddress))
    }
  ])
}

/** A registry that no class lists. */
const foreignImage = 'registry.k8s-mtp.invalid/verify:1'

export const workloads: Family = {
  id: 'workloads',
  title: 'Services, host names, nodes and volumes',
  checks: [
    serviceCheck({
      id: 'service-node-port',
      level: 1,
      title: 'Services of type NodePort are refused',
      why: 'They open a port on each node, past the network policies of most clusters.',
      field: 'services.types',
      benchmarks: ['MTB-PL1-BC-HI-1']
    }, 'NodePort', { type: 'NodePort' }, 'a Service of type NodePort'),
    serviceCheck({
      id: 'service-load-balancer',
      level: 2,
      title: 'Services of type LoadBalancer are refused',
      why: 'They cost money, and open a way in from outside.',
      field: 'services.types'
    }, 'LoadBalancer', { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }, 'a Service of type LoadBalancer'),
    serviceCheck({
      id: 'service-external-name',
      level: 2,
      title: 'Services of type ExternalName are refused',
      why: 'A name of the cluster then leads to any host, and controllers that follow it reach what the team cannot.',
      field: 'services.types'
    }, 'ExternalName', { type: 'ExternalName', externalName: 'verify.k8s-mtp.invalid' }, 'a Service of type ExternalName'),
    objectCheck({
      id: 'service-external-ips',
      level: 1,
      title: 'External IPs of Services are refused',
      why: 'An external IP takes over its traffic in the whole cluster (CVE-2020-8554).',
      remedy: remedyOf('services.externalIPs')
    }, ({ services: { externalIPs } }) => externalIPs.length === 0 ? undefined : `the external IPs ${externalIPs.join(', ')}`, () => ({
      resource: resources.services,
      what: `a Service with the external IP ${foreignAddress}`,
      harmless: service({}),
      harmful: service({ externalIPs: [foreignAddress] })
    })),
    {
      id: 'endpoint-addresses',
      level: 1,
      title: 'Addresses outside of the namespace are refused in Endpoints and EndpointSlices',
      why: 'A Service then leads to any address, past the network policies of those who trust the Service (CVE-2021-25740).',
      remedy: remedyOf('endpoints.addresses'),
      judge: judgeEndpoints
    },
    { ...ingressHostNames, remedy: remedyOf('hostNames') },
    { ...routeHostNames, remedy: remedyOf('hostNames') },
    podCheck({
      id: 'pod-node-name',
      level: 1,
      title: 'Pods that name their node are refused',
      why: 'Such a pod runs on any node, also one of the control plane, past the scheduler and taints that it obeys.',
      remedy: remedyOf('pods.allowNodeName')
    }, ({ pods }) => pods.allowNodeName ? 'spec.nodeName' : undefined,
    { what: 'spec.nodeName', change: pod => withSpec(pod, { nodeName: verifyName }) }),
    podCheck({
      id: 'pod-tolerations',
      level: 1,
      title: 'Pods that tolerate all taints are refused',
      why: 'Taints keep nodes of the control plane and of other teams free of their pods.',
      remedy: remedyOf('pods.tolerations')
    }, ({ pods }) => pods.tolerations.some(({ key }) => key === any) ? 'all tolerations' : undefined,
    { what: 'a toleration of all taints', change: pod => withSpec(pod, { tolerations: [{ operator: 'Exists' }] }) }),
    podCheck({
      id: 'pod-node-selector',
      level: 2,
      title: 'Pods without the nodeSelector of the class are refused',
      why: 'It keeps the pods of the team on its nodes.',
      remedy: remedyOf('pods.nodeSelector')
    }, ({ pods }) => Object.keys(pods.nodeSelector).length === 0 ? 'pods on all nodes without a taint' : undefined,
    { what: 'another nodeSelector', change: (pod, policy) => withSpec(pod, { nodeSelector: otherNodes(policy) }) }, true),
    podCheck({
      id: 'pod-priority-class',
      level: 1,
      title: 'The PriorityClasses of the system are refused',
      why: 'A pod with a higher priority pushes pods of other teams off their nodes.',
      remedy: remedyOf('priorityClasses')
    }, ({ priorityClasses }) => priorityClasses.includes(systemPriority) ? `the PriorityClass ${systemPriority}` : undefined,
    { what: `the PriorityClass ${systemPriority}`, change: pod => withSpec(pod, { priorityClassName: systemPriority }) }),
    podCheck({
      id: 'pod-scheduler',
      level: 2,
      title: 'Other schedulers are refused',
      why: 'A scheduler of its own puts pods onto any node, past taints and fairness.',
      remedy: remedyOf('pods.schedulers')
    }, ({ pods }) => pods.schedulers.includes(verifyName) ? `the scheduler ${verifyName}` : undefined,
    { what: 'another scheduler', change: pod => withSpec(pod, { schedulerName: verifyName }) }, true),
    podCheck({
      id: 'pod-csi-volumes',
      level: 2,
      title: 'Volumes of CSI drivers without a claim are refused',
      why: 'Some drivers mount paths of the node or shares of others, and no StorageClass bounds them.',
      remedy: remedyOf('pods.csiDrivers')
    }, () => undefined, {
      what: 'a volume of another CSI driver',
      change: pod => withSpec(pod, { volumes: [{ name: 'data', csi: { driver: 'verify.k8s-mtp.invalid' } }] })
    }, true),
    podCheck({
      id: 'image-registries',
      level: 2,
      title: 'Images of other registries are refused',
      why: 'The platform scans and signs what is in its registries.',
      remedy: remedyOf('imageRegistries')
    }, ({ imageRegistries }) => imageRegistries.includes(any) ? 'images of any registry' : undefined,
    { what: `the image ${foreignImage}`, change: pod => withContainer(pod, { image: foreignImage }) }, true),
    podCheck({
      id: 'image-pull-policy',
      level: 2,
      title: 'Images on a node are not used without a pull',
      why: 'A pod can run the private image of another team without its credentials, unless the kubelet verifies them, as it does by ' +
        'default from Kubernetes 1.35.',
      remedy: remedyOf('pods.imagePullPolicies'),
      benchmarks: ['MTB-PL1-CC-DI-1']
    }, ({ pods }) => [any, 'Never'].some(policy => pods.imagePullPolicies.includes(policy)) ? 'any imagePullPolicy' : undefined,
    { what: 'imagePullPolicy Never', change: pod => withContainer(pod, { imagePullPolicy: 'Never' }) }, true),
    {
      id: 'storage-classes',
      level: 2,
      title: 'Other StorageClasses are refused',
      why: 'A class decides on cost, speed and place of volumes.',
      remedy: remedyOf('storageClasses'),
      judge: judgeStorageClasses
    },
    objectCheck({
      id: 'volume-names',
      level: 1,
      title: 'Volume claims that choose an existing volume are refused',
      why: 'It may be one with the data of another team.',
      remedy: remedyOf('allowVolumeNames')
    }, ({ allowVolumeNames }) => allowVolumeNames ? 'spec.volumeName' : undefined, policy => ({
      resource: resources.claims,
      what: 'a claim with spec.volumeName',
      harmless: claim({}, policy),
      harmful: claim({ volumeName: verifyName }, policy)
    }))
  ]
}

async function judgeStorageClasses (context: Context): Promise<Result> {
  const policy = await context.workloads()
  if (policy === undefined) return withoutPolicy(context, 'what')
  if (policy.storageClasses.includes(any)) return allowed(policy, 'any StorageClass')
  return await judgeObject(context, {
    resource: resources.claims,
    what: 'a claim of another StorageClass',
    harmless: claim({}, policy),
    harmful: claim({ storageClassName: verifyName }, policy)
  })
}
