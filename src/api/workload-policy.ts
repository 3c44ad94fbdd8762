import { Type, type Static } from '@sinclair/typebox'
import { apiVersion } from './group.ts'

/** Written in a list of names where any name will do. */
export const any = '*'

const list = (description: string, maxItems = 32) => Type.Array(Type.String({ maxLength: 255, description: 'An entry of the class.' }), { maxItems, description })

const orAny = (description: string) => list(`${description} '${any}' stands for any.`)

/**
 * What holds for the workloads of one namespace, in full: each field is there, so that the policies that read it need no defaults, and
 * a field that somebody takes away is refused by the API server.
 */
export const WorkloadPolicySpec = Type.Object({
  tenantName: Type.String({ maxLength: 63, description: 'Name of the Tenant that the namespace belongs to.' }),
  className: Type.String({ maxLength: 63, description: 'Name of the TenantClass that these rules come from.' }),
  cordoned: Type.Boolean({ description: 'Whether new pods are refused, as spec.cordoned of the Tenant asks.' }),
  services: Type.Object({
    types: list('The types that Services may have.', 4),
    externalIPs: list('The networks that external IPs of Services may lie in.')
  }, { description: 'What Services may be.' }),
  endpoints: Type.Object({
    addresses: list('The networks that people may direct traffic to by hand.')
  }, { description: 'Where Services may lead by hand.' }),
  ingressClasses: orAny('The IngressClasses that Ingresses may name.'),
  storageClasses: orAny('The StorageClasses that volume claims may name.'),
  priorityClasses: orAny('The PriorityClasses that pods may name; those that begin with system- only if they are listed.'),
  imageRegistries: orAny('Where images may come from.')
}, { description: 'The rules of the class for workloads, and whether the Tenant is cordoned.' })
export type WorkloadPolicySpec = Static<typeof WorkloadPolicySpec>

export const WorkloadPolicy = Type.Object({
  apiVersion: Type.Literal(apiVersion),
  kind: Type.Literal('WorkloadPolicy'),
  metadata: Type.Object({ name: Type.String(), namespace: Type.String() }),
  spec: WorkloadPolicySpec
}, {
  description: 'A WorkloadPolicy says what the workloads of a namespace of a tenant may use. The platform writes it, as the TenantClass and the Tenant say; ' +
    'the API server reads it to judge requests. Without it no workloads are created. To change it, change the TenantClass.'
})
export type WorkloadPolicy = Static<typeof WorkloadPolicy>
