import { Type, type Static } from '@sinclair/typebox'
import { apiVersion } from './group.ts'

/** In a list of names: any name is allowed. */
export const any = '*'

const list = (description: string, maxItems = 32) =>
  Type.Array(Type.String({ maxLength: 255, description: 'An entry from the class.' }), { maxItems, description })

const orAny = (description: string) => list(`${description} '${any}' allows any.`)

/**
 * The workload rules of one namespace, in full: every field is required, so that admission policies need no defaults,
 * and the API server refuses an object without one.
 */
export const WorkloadPolicySpec = Type.Object({
  tenantName: Type.String({ maxLength: 63, description: 'Name of the Tenant of the namespace.' }),
  className: Type.String({ maxLength: 63, description: 'Name of the TenantClass of these rules.' }),
  cordoned: Type.Boolean({ description: 'Whether new pods are refused (spec.cordoned of the Tenant).' }),
  services: Type.Object({
    types: list('The allowed types of Services.', 4),
    externalIPs: list('The allowed networks of external IPs of Services.')
  }, { description: 'Rules for Services.' }),
  endpoints: Type.Object({
    addresses: list('The allowed networks of addresses that users write.')
  }, { description: 'Addresses that Endpoints and EndpointSlices may list.' }),
  ingressClasses: orAny('The allowed IngressClasses.'),
  storageClasses: orAny('The allowed StorageClasses of PersistentVolumeClaims.'),
  priorityClasses: orAny('The allowed PriorityClasses of pods; names that begin with system- must be listed.'),
  imageRegistries: orAny('The allowed registries of images.')
}, { description: 'The workload rules of the class, and whether the Tenant is cordoned.' })
export type WorkloadPolicySpec = Static<typeof WorkloadPolicySpec>

export const WorkloadPolicy = Type.Object({
  apiVersion: Type.Literal(apiVersion),
  kind: Type.Literal('WorkloadPolicy'),
  metadata: Type.Object({ name: Type.String(), namespace: Type.String() }),
  spec: WorkloadPolicySpec
}, {
  description: 'A WorkloadPolicy has the rules for the workloads of a tenant namespace. k8s-mtp writes it from the TenantClass and ' +
    'the Tenant; ' +
    'the API server reads it at admission, and refuses workloads without it. To change it, change the TenantClass.'
})
export type WorkloadPolicy = Static<typeof WorkloadPolicy>
