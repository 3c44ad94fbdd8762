import { Type, type Static } from '@sinclair/typebox'
import { ImageRegistry } from './image-registry.ts'
import { OneOf } from './one-of.ts'
import { subdomain } from './validation/label-syntax.ts'
import { Cidr } from './network.ts'

const ServiceType = OneOf(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'], { description: 'A type of Service.' })

const cidrs = (description: string) => Type.Array(Cidr, { default: [], maxItems: 32, description })

const names = (description: string, example: string) => Type.Optional(Type.Array(
  Type.String({ minLength: 1, maxLength: 253, pattern: subdomain.source, description: `A name, for example ${example}.` }),
  { maxItems: 32, description: `${description} Any if the list is absent, none if it is empty.` }
))

/** By default a Service does not reach out of its namespace: no node ports, load balancers or external addresses. */
const closed = { services: { types: ['ClusterIP' as const], externalIPs: [] }, endpoints: { addresses: [] } }

/** What the workloads of a tenant may use. The API server refuses everything else to all users. */
export const Workloads = Type.Object({
  services: Type.Object({
    types: Type.Array(ServiceType, {
      default: closed.services.types,
      maxItems: 4,
      description: 'The allowed types of Services. NodePort and LoadBalancer also need quota; ExternalName maps cluster names to ' +
        'hosts outside.'
    }),
    externalIPs: cidrs('The allowed networks of spec.externalIPs of Services. An external IP takes over its traffic in the whole cluster.')
  }, { default: closed.services, description: 'Rules for Services.' }),
  endpoints: Type.Object({
    addresses: cidrs('The allowed networks of addresses that users write in Endpoints and EndpointSlices. Addresses that Kubernetes ' +
      'writes are always allowed.')
  }, { default: closed.endpoints, description: 'Addresses that Endpoints and EndpointSlices may list.' }),
  ingressClasses: names('The allowed IngressClasses. With the list, each Ingress must name one.', 'nginx'),
  storageClasses: names('The allowed StorageClasses of PersistentVolumeClaims. With the list, each claim must name one, ' +
    'unless the default of the cluster is listed.', 'standard'),
  priorityClasses: names('The allowed PriorityClasses of pods; names that begin with system- must be listed. ' +
    'The default class of the cluster counts as named by each pod.', 'batch-low'),
  imageRegistries: Type.Optional(Type.Array(ImageRegistry, {
    maxItems: 32,
    description: 'The allowed registries of images. An image without a registry is from docker.io, one without a path from ' +
      'docker.io/library. Any if the list is absent, none if it is empty.'
  }))
}, {
  default: closed,
  description: 'What workloads may use. The API server enforces it for all users, cluster administrators and controllers included.'
})
export type Workloads = Static<typeof Workloads>
