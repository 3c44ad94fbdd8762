import { Type, type Static } from '@sinclair/typebox'
import { ImageRegistry } from './image-registry.ts'
import { subdomain } from './validation/label-syntax.ts'
import { Cidr } from './network.ts'

const ServiceType = Type.Union([Type.Literal('ClusterIP'), Type.Literal('NodePort'), Type.Literal('LoadBalancer'), Type.Literal('ExternalName')], {
  description: 'A type of Services.'
})

const cidrs = (description: string) => Type.Array(Cidr, { default: [], maxItems: 32, description })

const names = (description: string, example: string) => Type.Optional(Type.Array(
  Type.String({ minLength: 1, maxLength: 253, pattern: subdomain.source, description: `A name, for example ${example}.` }),
  { maxItems: 32, description: `${description} Without the list, any; with an empty one, none.` }
))

/** Closed where a Service reaches out of its namespace: nothing on nodes, at cloud providers, or at somebody else's address. */
const closed = { services: { types: ['ClusterIP' as const], externalIPs: [] }, endpoints: { addresses: [] } }

/** What the workloads of a tenant may use of the cluster. The API server refuses the rest, whoever asks for it. */
export const Workloads = Type.Object({
  services: Type.Object({
    types: Type.Array(ServiceType, {
      default: closed.services.types,
      maxItems: 4,
      description: 'The types that Services may have. NodePort and LoadBalancer also need room in the quota of the class; ExternalName lets names in the cluster stand for hosts outside.'
    }),
    externalIPs: cidrs('The networks that spec.externalIPs of Services may lie in. Whoever may write such an address takes over its traffic in the whole cluster.')
  }, { default: closed.services, description: 'What Services may be.' }),
  endpoints: Type.Object({
    addresses: cidrs('The networks that people may direct traffic to by hand, in Endpoints, in EndpointSlices, and as the address of a pod in its status. What Kubernetes itself writes there is not concerned.')
  }, { default: closed.endpoints, description: 'Where Services may lead by hand.' }),
  ingressClasses: names('The IngressClasses that Ingresses may name. With the list, each Ingress has to name one.', 'nginx'),
  storageClasses: names('The StorageClasses that volume claims may name. With the list, each claim has to name one, unless the cluster has a default among them.', 'standard'),
  priorityClasses: names('The PriorityClasses that pods may name; those whose names begin with system- only if they are listed. A class that is the default of the cluster counts as named by each pod.', 'batch-low'),
  imageRegistries: Type.Optional(Type.Array(ImageRegistry, {
    maxItems: 32,
    description: 'Where images may come from. An image without a registry comes from docker.io, one without a path from docker.io/library. Without the list, any; with an empty one, none.'
  }))
}, { default: closed, description: 'What workloads may use. The API server enforces it for everybody, administrators of the cluster and controllers included.' })
export type Workloads = Static<typeof Workloads>
