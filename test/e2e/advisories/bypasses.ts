import type { KubeObject } from '../../cluster/kube-object.ts'
import { classManifest } from '../classes.ts'
import { client } from '../context.ts'
import { pod, service } from '../guarded-tenant.ts'
import { dryRun } from '../guardrails/world.ts'
import { refused, type Attempt, type Advisory } from './advisory.ts'
import { configMap, type AdvisoryWorld } from './world.ts'

/** All labels by which k8s-mtp knows its objects. */
const labelled = (object: KubeObject, { tenant }: AdvisoryWorld): KubeObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    labels: { 'app.kubernetes.io/managed-by': 'k8s-mtp', 'k8s-mtp.dev/tenant': tenant.name, 'controller-uid': tenant.uid }
  }
})

const forged: Attempt[] = ([
  ['a Service type', 'k8s-mtp-workloads-services', (namespace: string) => service(namespace, { type: 'LoadBalancer' }), service],
  ['a priority', 'k8s-mtp-workloads-pods', (namespace: string) => pod(namespace, { priorityClassName: 'system-node-critical' }), pod]
] as const).map(([what, stoppedBy, make, allowed]) => refused({
  action: `${what} that the class does not allow, on an object with all labels of k8s-mtp`,
  stoppedBy,
  attack: world => world.admin.create(labelled(make(world.tenant.namespace), world), dryRun),
  control: world => world.admin.create(labelled(allowed(world.tenant.namespace, {}), world), dryRun)
}))

const devices: Attempt[] = ['ResourceClaim', 'ResourceClaimTemplate'].map(kind => refused({
  action: `a ${kind} for a device class`,
  stoppedBy: 'RBAC',
  attack: ({ admin, tenant: { namespace } }) => admin.create({
    apiVersion: 'resource.k8s.io/v1', kind, metadata: { name: 'gpu', namespace }, spec: { devices: { requests: [] } }
  }, dryRun),
  control: ({ admin, tenant }) => admin.create(configMap(tenant), dryRun)
}))

const className = 'advisory'
const expressions: Attempt[] = ['([', '*', '(?P<a'].map(text => refused({
  action: `the image registry ${text} in a TenantClass`,
  stoppedBy: 'the schema',
  attack: () => client().create(classManifest(className, { workloads: { imageRegistries: [text] } }), dryRun),
  control: () => client().create(classManifest(className, { workloads: { imageRegistries: ['registry.example.com'] } }), dryRun)
}))

export const bypassAdvisories: Advisory[] = [
  {
    id: 'GHSA-wpv2-mpqq-vv52',
    vulnerability: 'users set the label by which admission skips objects of the platform',
    mitigation: 'no label exempts an object from the rules for workloads, and users cannot set those of k8s-mtp on the kinds of its objects',
    attempts: forged
  },
  {
    id: 'GHSA-4qv9-xv9f-w5xh',
    vulnerability: 'tenants used device classes that they were not allowed',
    mitigation: 'no role of the shipped classes may write ResourceClaims or their templates, so pods get no devices',
    attempts: devices
  },
  {
    id: 'GHSA-793w-c9f9-m6f8',
    vulnerability: 'an invalid regular expression in the configuration crashed admission',
    mitigation: 'no field is a regular expression; names and registries are compared as text, and the CRD refuses invalid ones',
    attempts: expressions
  }
]
