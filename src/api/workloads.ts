import { Type, type Static } from '@sinclair/typebox'
import { HostName } from './host-name.ts'
import { ImageRegistry } from './image-registry.ts'
import { BoundedCidr } from './network.ts'
import { Names } from './names.ts'
import { OneOf } from './one-of.ts'
import { closedPods, Pods } from './pods.ts'
import { withValidations } from './validation/cel-rule.ts'
import { annotationPrefix } from './validation/label-syntax.ts'

const ServiceType = OneOf(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'], { description: 'A type of Service.' })

const cidrs = (description: string) => Type.Array(BoundedCidr, { default: [], maxItems: 32, description })

const anyOrListed = (description: string, example: string) =>
  Type.Optional(Names(`${description} Any if the list is absent, none if it is empty.`, example))
const noneOrListed = (description: string, example: string) => Names(`${description} None by default.`, example, { default: [] })

/**
 * Annotations by which a workload gets what others own: host names, addresses and settings of shared proxies and load balancers, roles of
 * cloud accounts, and copies of Secrets of other namespaces. Sources:
 * https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/
 * https://kubernetes-sigs.github.io/external-dns/latest/docs/annotations/annotations/
 * https://cert-manager.io/docs/reference/annotations/
 * https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/ingress/
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/
 * https://metallb.io/usage/
 * https://docs.cilium.io/en/stable/network/clustermesh/services/
 * https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
 * https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity
 * https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html
 * https://github.com/emberstack/kubernetes-reflector
 * https://github.com/mittwald/kubernetes-replicator
 */
export const refusedByDefault = {
  services: [
    'external-dns.alpha.kubernetes.io/', 'service.beta.kubernetes.io/', 'service.kubernetes.io/load-balancer', 'networking.gke.io/',
    'cloud.google.com/load-balancer-type', 'metallb.io/', 'metallb.universe.tf/', 'io.cilium/', 'service.cilium.io/', 'lbipam.cilium.io/'
  ],
  ingresses: [
    'nginx.ingress.kubernetes.io/server-snippet', 'nginx.ingress.kubernetes.io/configuration-snippet',
    'nginx.ingress.kubernetes.io/stream-snippet', 'nginx.ingress.kubernetes.io/auth-snippet', 'nginx.ingress.kubernetes.io/server-alias',
    'nginx.ingress.kubernetes.io/auth-secret', 'nginx.ingress.kubernetes.io/auth-tls-secret',
    'nginx.ingress.kubernetes.io/proxy-ssl-secret', 'external-dns.alpha.kubernetes.io/', 'cert-manager.io/common-name',
    'cert-manager.io/alt-names', 'cert-manager.io/subject-', 'traefik.ingress.kubernetes.io/router.middlewares',
    'traefik.ingress.kubernetes.io/router.tls.options', 'alb.ingress.kubernetes.io/', 'networking.gke.io/',
    'kubernetes.io/ingress.global-static-ip-name'
  ],
  serviceAccounts: ['eks.amazonaws.com/', 'iam.gke.io/', 'azure.workload.identity/'],
  secrets: ['reflector.v1.k8s.emberstack.com/', 'replicator.v1.mittwald.de/']
}

const prefixes = (field: keyof typeof refusedByDefault, of: string) => Type.Array(
  Type.String({ maxLength: 317, pattern: annotationPrefix.source, description: 'The beginning of a key, such as example.com/.' }),
  { default: refusedByDefault[field], maxItems: 32, description: `Prefixes of annotations of ${of} that are refused.` }
)

/** By default a workload does not reach out of its namespace, and takes nothing that others share with it. */
const closed = {
  services: { types: ['ClusterIP' as const], externalIPs: [], allowChosenClusterIPs: false },
  endpoints: { addresses: [] },
  pods: closedPods,
  allowRoutesWithoutHostNames: false,
  volumeAttributesClasses: [],
  allowVolumeNames: false,
  priorityClasses: [],
  deviceClasses: [],
  allowBlockingDisruptionBudgets: false,
  refusedAnnotations: refusedByDefault
}

/** What the workloads of a tenant may use. The API server refuses everything else to all users. */
export const Workloads = withValidations(Type.Object({
  services: Type.Object({
    types: Type.Array(ServiceType, {
      default: closed.services.types,
      maxItems: 4,
      description: 'The allowed types of Services. NodePort and LoadBalancer also need quota; ExternalName maps cluster names to ' +
        'hosts outside.'
    }),
    externalIPs: cidrs('The allowed networks of spec.externalIPs and spec.loadBalancerIP of Services. An external IP takes over its ' +
      'traffic in the whole cluster.'),
    allowChosenClusterIPs: Type.Boolean({
      default: false,
      description: 'Whether a Service may ask for a certain cluster IP, which may be one that others wait for.'
    })
  }, { default: closed.services, description: 'Rules for Services.' }),
  endpoints: Type.Object({
    addresses: cidrs('The allowed networks of addresses that users write in Endpoints and EndpointSlices. Addresses that Kubernetes ' +
      'writes are always allowed.')
  }, { default: closed.endpoints, description: 'Addresses that Endpoints and EndpointSlices may list.' }),
  pods: Pods,
  hostNames: Type.Optional(Type.Array(HostName, {
    maxItems: 32,
    description: 'The allowed host names of Ingresses, of HTTPRoutes, GRPCRoutes and TLSRoutes, and of the listeners of Gateways. ' +
      '*.shop.example.com allows all names below shop.example.com, and {tenant} is the name of the Tenant. With the list, each must ' +
      'name its hosts. Any if the list is absent, none if it is empty.'
  })),
  allowRoutesWithoutHostNames: Type.Boolean({
    default: false,
    description: 'Whether TCPRoutes and UDPRoutes are allowed: they take a whole port of a Gateway.'
  }),
  ingressClasses: anyOrListed('The allowed IngressClasses. With the list, each Ingress must name one.', 'nginx'),
  gatewayClasses: anyOrListed('The allowed GatewayClasses of Gateways.', 'internal'),
  storageClasses: anyOrListed('The allowed StorageClasses of PersistentVolumeClaims. With the list, each claim must name one, ' +
    'unless the default of the cluster is listed.', 'standard'),
  volumeAttributesClasses: noneOrListed('The allowed VolumeAttributesClasses of PersistentVolumeClaims.', 'gold'),
  allowVolumeNames: Type.Boolean({
    default: false,
    description: 'Whether a PersistentVolumeClaim may choose a PersistentVolume that exists, by its name, by labels, or by the empty ' +
      'StorageClass: it may be one with the data of others.'
  }),
  priorityClasses: noneOrListed('The PriorityClasses that pods may name. The default of the cluster is always allowed.', 'batch-low'),
  deviceClasses: noneOrListed('The allowed DeviceClasses of ResourceClaims and ResourceClaimTemplates.', 'gpu.example.com'),
  imageRegistries: Type.Optional(Type.Array(ImageRegistry, {
    maxItems: 32,
    description: 'The allowed registries of images. An image without a registry is from docker.io, one without a path from ' +
      'docker.io/library. Any if the list is absent, none if it is empty.'
  })),
  allowBlockingDisruptionBudgets: Type.Boolean({
    default: false,
    description: 'Whether a PodDisruptionBudget may allow no eviction at all: then its nodes cannot be drained.'
  }),
  refusedAnnotations: Type.Object({
    services: prefixes('services', 'Services'),
    ingresses: prefixes('ingresses', 'Ingresses, Gateways and routes'),
    serviceAccounts: prefixes('serviceAccounts', 'ServiceAccounts'),
    secrets: prefixes('secrets', 'Secrets')
  }, {
    default: refusedByDefault,
    description: 'Annotations that controllers obey with more permissions than their author has. Add those of the controllers of your ' +
      'cluster.'
  })
}, {
  default: closed,
  description: 'What workloads may use. The API server enforces it for all users, cluster administrators and controllers included.'
}), [{
  rule: '!has(self.pods.defaults.priorityClass) || self.pods.defaults.priorityClass in self.priorityClasses',
  message: 'pods would get a PriorityClass that is not allowed. Add pods.defaults.priorityClass to priorityClasses',
  isValid: ({ pods: { defaults: { priorityClass } }, priorityClasses }) =>
    priorityClass === undefined || priorityClasses.includes(priorityClass)
}])
export type Workloads = Static<typeof Workloads>
