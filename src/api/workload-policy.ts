import { Type, type Static } from '@sinclair/typebox'
import { apiVersion } from './group.ts'
import { maxTrafficRules } from './network.ts'

/** In a list of names: any name is allowed. */
export const any = '*'

const list = (description: string, maxItems = 32) =>
  Type.Array(Type.String({ maxLength: 255, description: 'An entry from the class.' }), { maxItems, description })

const prefixes = (of: string) => Type.Array(
  Type.String({ maxLength: 317, description: 'The beginning of a key.' }), { maxItems: 32, description: `Of ${of}.` }
)

/** Of one direction, with the ports of each rule. */
const traffic = (description: string) => Type.Array(Type.Object({
  peers: Type.Array(Type.Object({
    namespace: Type.String({ maxLength: 63, description: 'Name of a namespace; empty for a network.' }),
    podLabels: Type.Record(Type.String(), Type.String({ maxLength: 63 }), {
      maxProperties: 8, description: 'Only pods with these labels in that namespace.'
    }),
    cidr: Type.String({ maxLength: 43, description: 'A network; empty for a namespace.' }),
    except: Type.Array(Type.String({ maxLength: 43, description: 'A network within cidr.' }), {
      maxItems: 16, description: 'Networks within cidr that are not allowed.'
    })
  }, { description: 'A namespace, or a network.' }), { maxItems: 16, description: 'The other ends of the connections.' }),
  ports: Type.Array(Type.Object({
    protocol: Type.String({ maxLength: 4, description: 'TCP, UDP or SCTP.' }),
    port: Type.Integer({ description: 'The first port.' }),
    endPort: Type.Integer({ description: 'The last port.' })
  }, { description: 'A range of ports.' }), { maxItems: 16, description: 'The ports of the receiving side; all if empty.' })
}, { description: 'Connections that are allowed.' }), { maxItems: maxTrafficRules, description })

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
    externalIPs: list('The allowed networks of external IPs of Services.'),
    allowChosenClusterIPs: Type.Boolean({ description: 'Whether a Service may ask for a certain cluster IP.' }),
    allowNodePorts: Type.Boolean({ description: 'Whether the quotas allow any node port.' })
  }, { description: 'Rules for Services.' }),
  endpoints: Type.Object({
    addresses: list('The allowed networks of addresses that users write.')
  }, { description: 'Addresses that Endpoints and EndpointSlices may list.' }),
  pods: Type.Object({
    allowNodeName: Type.Boolean({ description: 'Whether pods may name their node.' }),
    tolerations: Type.Array(Type.Object({
      key: Type.String({ maxLength: 317, description: `Key of the taint. '${any}' is any.` }),
      value: Type.String({ maxLength: 63, description: `Value of the taint. '${any}' is any.` }),
      effect: Type.String({ maxLength: 63, description: `Effect of the taint. '${any}' is any.` })
    }, { description: 'A toleration that pods may have.' }), { maxItems: 32, description: 'The allowed tolerations.' }),
    nodeSelector: Type.Record(Type.String(), Type.String({ maxLength: 63 }), {
      maxProperties: 8, description: 'The nodeSelector that each pod must have.'
    }),
    runtimeClasses: list('The allowed RuntimeClasses.'),
    schedulers: list('The allowed schedulers.'),
    csiDrivers: list('The allowed CSI drivers of volumes in pods.'),
    imagePullPolicies: orAny('The allowed imagePullPolicies.'),
    maxContainers: Type.Integer({ description: 'The most containers and image volumes of a pod.' }),
    maxTerminationGracePeriodSeconds: Type.Integer({ description: 'The longest time from the deletion of a pod to its end.' }),
    defaults: Type.Object({
      podSecurity: Type.Boolean({ description: 'Whether pods get what the Pod Security Standard restricted requires.' }),
      userNamespaces: Type.Boolean({ description: 'Whether they get hostUsers: false instead of runAsNonRoot.' }),
      nodeSelector: Type.Record(Type.String(), Type.String({ maxLength: 63 }), {
        maxProperties: 8, description: 'The nodeSelector that they get.'
      }),
      tolerations: Type.Array(Type.Object({
        key: Type.String({ maxLength: 317, description: 'Key of the taint.' }),
        operator: Type.String({ maxLength: 6, description: 'Exists for any value, or Equal.' }),
        value: Type.String({ maxLength: 63, description: 'Value of the taint, for Equal.' }),
        effect: Type.String({ maxLength: 63, description: 'Effect of the taint. An empty one is any.' })
      }, { description: 'A toleration, as pods have it.' }), { maxItems: 32, description: 'The tolerations that they get.' }),
      runtimeClass: Type.String({ maxLength: 253, description: 'The RuntimeClass that they get; none if empty.' }),
      priorityClass: Type.String({ maxLength: 253, description: 'The PriorityClass that they get; none if empty.' })
    }, { description: 'What new pods get where they have no value of their own.' })
  }, { description: 'Rules for pods.' }),
  networkPolicies: Type.Object({
    narrow: Type.Boolean({ description: 'Whether rules without peers get the pods of the namespace as peers.' }),
    ingress: traffic('Connections to pods that NetworkPolicies may allow, besides those from the Tenant.'),
    egress: traffic('Connections from pods that NetworkPolicies may allow, besides those to the Tenant.')
  }, { description: 'Rules for NetworkPolicies of members.' }),
  hostNames: orAny('The allowed host names of Ingresses, routes and Gateways.'),
  allowRoutesWithoutHostNames: Type.Boolean({ description: 'Whether TCPRoutes and UDPRoutes are allowed.' }),
  ingressClasses: orAny('The allowed IngressClasses.'),
  gatewayClasses: orAny('The allowed GatewayClasses.'),
  storageClasses: orAny('The allowed StorageClasses of PersistentVolumeClaims.'),
  volumeAttributesClasses: list('The allowed VolumeAttributesClasses of PersistentVolumeClaims.'),
  allowVolumeNames: Type.Boolean({ description: 'Whether a PersistentVolumeClaim may name its PersistentVolume.' }),
  priorityClasses: list('The PriorityClasses that pods may name.'),
  deviceClasses: list('The allowed DeviceClasses of resource claims.'),
  imageRegistries: orAny('The allowed registries of images.'),
  allowBlockingDisruptionBudgets: Type.Boolean({ description: 'Whether a PodDisruptionBudget may allow no eviction.' }),
  refusedAnnotations: Type.Object({
    services: prefixes('Services'),
    ingresses: prefixes('Ingresses, Gateways and routes'),
    serviceAccounts: prefixes('ServiceAccounts'),
    secrets: prefixes('Secrets')
  }, { description: 'Prefixes of annotations that are refused.' })
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
