import type { KubeObject, ObjectRef } from '../../cluster/kube-object.ts'
import { client } from '../context.ts'
import { grant, type VerifiedTenant } from './world.ts'

/** A guardrail that lets one thing pass, in the namespace of one Tenant. */
interface Exception {
  guardrail: string
  /** CEL, true for what passes. */
  passes: string
  /** A permission that the admin needs besides. */
  rule?: { apiGroups: string[], resources: string[], verbs: string[] }
  message: string
}

const resource = (plural: string): string => `request.resource.resource == '${plural}'`
const all = ['get', 'create', 'update', 'patch', 'delete']

const pods = (passes: string, message: string): Exception => ({ guardrail: 'k8s-mtp-workloads-pods', passes: `request.operation == 'CREATE' && ${passes}`, message })
const services = (passes: string, message: string): Exception => ({ guardrail: 'k8s-mtp-workloads-services', passes, message })
const claims = (passes: string, message: string): Exception => ({ guardrail: 'k8s-mtp-workloads-volume-claims', passes, message })

/** By the id of the check that each weakens. All show in guardrail-policies, since the policy is not that of this version. */
export const exceptions: Readonly<Record<string, Exception>> = {
  'own-quotas': {
    guardrail: 'k8s-mtp-tenant-objects', passes: resource('resourcequotas'), rule: { apiGroups: [''], resources: ['resourcequotas', 'resourcequotas/status'], verbs: ['update', 'patch'] }, message: 'may change ResourceQuota'
  },
  'own-limits': { guardrail: 'k8s-mtp-tenant-objects', passes: resource('limitranges'), message: 'may create a LimitRange' },
  'own-network-policies': { guardrail: 'k8s-mtp-tenant-objects', passes: resource('networkpolicies'), message: 'may change NetworkPolicy' },
  'own-role-bindings': { guardrail: 'k8s-mtp-tenant-objects', passes: resource('rolebindings'), message: 'may bind another user' },
  'own-namespace': {
    guardrail: 'k8s-mtp-tenant-namespaces', passes: resource('namespaces'), rule: { apiGroups: [''], resources: ['namespaces'], verbs: ['patch', 'delete'] }, message: 'may delete Namespace'
  },
  'own-workload-policy': {
    guardrail: 'k8s-mtp-tenant-objects', passes: resource('workloadpolicies'), rule: { apiGroups: ['k8s-mtp.dev'], resources: ['workloadpolicies'], verbs: all }, message: 'may change WorkloadPolicy'
  },
  'pod-status': { guardrail: 'k8s-mtp-workloads-pod-status', passes: 'true', message: 'may change Pod app/status' },
  'token-secrets': { guardrail: 'k8s-mtp-service-account-tokens', passes: resource('secrets'), message: 'may create a Secret that gets a token' },
  'service-node-port': services("object.spec.type == 'NodePort'", 'may create a Service of type NodePort'),
  'service-load-balancer': services("object.spec.type == 'LoadBalancer'", 'may create a Service of type LoadBalancer'),
  'service-external-name': services("object.spec.type == 'ExternalName'", 'may create a Service of type ExternalName'),
  'service-external-ips': services('has(object.spec.externalIPs)', 'may create a Service with the external IP'),
  'endpoint-addresses': { guardrail: 'k8s-mtp-workloads-endpoints', passes: 'true', message: 'may create Endpoints with the address' },
  'ingress-host-names': { guardrail: 'k8s-mtp-workloads-ingresses', passes: 'true', message: 'may create an Ingress for' },
  'gateway-host-names': {
    guardrail: 'k8s-mtp-workloads-routes', passes: 'true', rule: { apiGroups: ['gateway.networking.k8s.io'], resources: ['httproutes'], verbs: ['create'] }, message: 'may create a HTTPRoute for'
  },
  'pod-node-name': pods('has(object.spec.nodeName)', 'may create a pod with spec.nodeName'),
  'pod-tolerations': pods('has(object.spec.tolerations) && object.spec.tolerations.exists(each, !has(each.key))', 'may create a pod with a toleration of all taints'),
  'pod-node-selector': pods("has(object.spec.nodeSelector) && object.spec.nodeSelector.exists(key, object.spec.nodeSelector[key] == 'k8s-mtp-verify')", 'may create a pod with another nodeSelector'),
  'pod-priority-class': pods("has(object.spec.priorityClassName) && object.spec.priorityClassName == 'system-node-critical'", 'may create a pod with the PriorityClass'),
  'pod-scheduler': pods("object.spec.schedulerName == 'k8s-mtp-verify'", 'may create a pod with another scheduler'),
  'pod-csi-volumes': pods('has(object.spec.volumes) && object.spec.volumes.exists(each, has(each.csi))', 'may create a pod with a volume of another CSI driver'),
  'image-registries': pods("object.spec.containers.exists(each, each.image.startsWith('registry.k8s-mtp.invalid'))", 'may create a pod with the image'),
  'image-pull-policy': pods("object.spec.containers.exists(each, each.imagePullPolicy == 'Never')", 'may create a pod with imagePullPolicy Never'),
  'storage-classes': claims("has(object.spec.storageClassName) && object.spec.storageClassName == 'k8s-mtp-verify'", 'may create a claim of another StorageClass'),
  'volume-names': claims('has(object.spec.volumeName)', 'may create a claim with spec.volumeName')
}

const ref = (name: string): ObjectRef => ({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', name })

type Policy = KubeObject & { spec: { validations: Array<{ expression: string }> } }

const engineBinding: ObjectRef = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding', name: 'k8s-mtp-engine' }

/** Of all Tenants at once, by the id of the check. Each is restored. */
export const clusterWeakenings: Readonly<Record<string, { object: ObjectRef, weak: object, strong: object, message: string }>> = {
  'guardrail-policies': {
    object: ref('k8s-mtp-tenant-objects'), weak: { failurePolicy: 'Ignore' }, strong: { failurePolicy: 'Fail' }, message: 'k8s-mtp-tenant-objects in spec.failurePolicy'
  },
  'guardrail-bindings': {
    object: engineBinding, weak: { validationActions: ['Warn'] }, strong: { validationActions: ['Deny'] }, message: 'k8s-mtp-engine in spec.validationActions'
  }
}

/** Adds all exceptions to the guardrails at once. Resolves with what restores them. */
export async function weakenGuardrails (tenants: ReadonlyMap<string, VerifiedTenant>): Promise<() => Promise<void>> {
  const restored: Array<() => Promise<unknown>> = []
  for (const guardrail of new Set(Object.values(exceptions).map(({ guardrail }) => guardrail))) {
    const { spec: { validations } } = await client().get(ref(guardrail)) as Policy
    const ofGuardrail = Object.entries(exceptions).filter(([, exception]) => exception.guardrail === guardrail)
    const passes = ofGuardrail.map(([id, { passes }]) => `(${namespaceIs(tenants.get(id)?.namespace ?? '')} && (${passes}))`).join(' || ')
    await client().patch(ref(guardrail), { spec: { validations: validations.map(each => ({ ...each, expression: `${passes} || (${each.expression})` })) } })
    restored.push(async () => await client().patch(ref(guardrail), { spec: { validations } }))
  }
  for (const [id, { rule }] of Object.entries(exceptions)) {
    const tenant = tenants.get(id)
    if (rule !== undefined && tenant !== undefined) await grant({ kind: 'User', name: tenant.admin }, [rule], tenant.namespace)
  }
  return async () => { for (const restore of restored) await restore() }
}

/** A request for a namespace has its name. */
const namespaceIs = (name: string): string => `request.namespace == '${name}'`
