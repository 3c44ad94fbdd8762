import type { KubeObject } from '../cluster/kube-object.ts'
import { service } from './guarded-tenant.ts'
import type { Refusal } from './refusals.ts'
import type { Target, Words } from './workload-refusals.ts'

const write = (namespace: string) => (apiVersion: string, kind: string, spec: object, annotations?: Record<string, string>): KubeObject =>
  ({ apiVersion, kind, metadata: { name: 'web', namespace, ...(annotations !== undefined && { annotations }) }, ...spec })

/** Objects that take host names, addresses, volumes and powers that others share with the tenant. */
export function reachRefusals (target: Target, words: Words): Refusal[] {
  return [...hosts(target, words), ...annotations(target), ...volumes(target, words), ...budgets(target, words)]
}

function hosts ({ namespace, name }: Target, { not, disabled }: Words): Refusal[] {
  const make = write(namespace)
  const allowed = `*.${name}.apps.example.com, shop.example.com`
  const host = (host: string) => not(`the host name ${host}`, 'hostNames', allowed)
  const backend = { service: { name: 'web', port: { number: 80 } } }
  const rule = (host?: string) => ({ ...(host !== undefined && { host }), http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } })
  const ingress = (spec: object) => make('networking.k8s.io/v1', 'Ingress', { spec: { ingressClassName: 'nginx', ...spec } })
  const own = `web.${name}.apps.example.com`
  const all = not('an Ingress for all host names', 'hostNames', allowed)
  const ofIngress: Refusal[] = [
    { it: 'an Ingress of an unlisted host', refused: ingress({ rules: [rule(own), rule('www.example.com')] }), accepted: ingress({ rules: [rule(own), rule('shop.example.com')] }), says: host('www.example.com') },
    { it: 'an Ingress of the host of another tenant', refused: ingress({ rules: [rule(`web.other-${name}.apps.example.com`)] }), accepted: ingress({ rules: [rule(`a.b.${name}.apps.example.com`)] }), says: host(`web.other-${name}.apps.example.com`) },
    { it: 'an Ingress of all names above the listed ones', refused: ingress({ rules: [rule('*.apps.example.com')] }), accepted: ingress({ rules: [rule(`*.${name}.apps.example.com`)] }), says: host('*.apps.example.com') },
    { it: 'an Ingress of the name above the listed ones', refused: ingress({ rules: [rule(`${name}.apps.example.com`)] }), accepted: ingress({ rules: [rule(own)] }), says: host(`${name}.apps.example.com`) },
    { it: 'an Ingress with a certificate of an unlisted host', refused: ingress({ rules: [rule(own)], tls: [{ hosts: [own, 'www.example.com'] }] }), accepted: ingress({ rules: [rule(own)], tls: [{ hosts: [own] }] }), says: host('www.example.com') },
    { it: 'an Ingress with a rule without a host', refused: ingress({ rules: [rule(own), rule()] }), accepted: ingress({ rules: [rule(own)] }), says: all },
    { it: 'an Ingress with a default backend', refused: ingress({ rules: [rule(own)], defaultBackend: backend }), accepted: ingress({ rules: [rule(own)] }), says: all },
    { it: 'an Ingress of 101 hosts', refused: ingress({ rules: Array.from({ length: 101 }, (_, index) => rule(`h${index}.${name}.apps.example.com`)) }), accepted: ingress({ rules: Array.from({ length: 100 }, (_, index) => rule(`h${index}.${name}.apps.example.com`)) }), says: `ingresses ${namespace}/web may have 100 host names. Use several objects` }
  ]
  const route = (kind: string, hostnames?: string[]) => make('gateway.networking.k8s.io/v1', kind, { spec: { ...(hostnames !== undefined && { hostnames }) } })
  const gateway = (gatewayClassName: string, ...listeners: object[]) => make('gateway.networking.k8s.io/v1', 'Gateway', { spec: { gatewayClassName, listeners } })
  const ofRoutes = [['an', 'HTTPRoute'], ['a', 'GRPCRoute'], ['a', 'TLSRoute']].flatMap(([article = '', kind = '']): Refusal[] => [
    { it: `${article} ${kind} of an unlisted host`, refused: route(kind, [own, 'www.example.com']), accepted: route(kind, [own, 'shop.example.com']), says: host('www.example.com') },
    { it: `${article} ${kind} without host names`, refused: route(kind), accepted: route(kind, [own]), says: not(`${kind.toLowerCase()}s ${namespace}/web for all host names`, 'hostNames', allowed) }
  ])
  const many = (count: number) => Array.from({ length: count }, (_, index) => `h${index}.${name}.apps.example.com`)
  const ofManyHosts: Refusal = { it: 'an HTTPRoute of 101 hosts', refused: route('HTTPRoute', many(101)), accepted: route('HTTPRoute', many(100)), says: `httproutes ${namespace}/web may have 100 host names. Use several objects` }
  const listener = { name: 'a', port: 80, protocol: 'HTTP', hostname: own }
  const ofGateways: Refusal[] = [
    { it: 'a Gateway of an unlisted class', refused: gateway('public', listener), accepted: gateway('internal', listener), says: not('the GatewayClass public', 'gatewayClasses', 'internal') },
    { it: 'a Gateway with a listener of an unlisted host', refused: gateway('internal', listener, { ...listener, hostname: 'www.example.com' }), accepted: gateway('internal', listener, { ...listener, hostname: 'shop.example.com' }), says: host('www.example.com') },
    { it: 'a Gateway with a listener without a host', refused: gateway('internal', listener, { ...listener, hostname: undefined }), accepted: gateway('internal', listener), says: not(`gateways ${namespace}/web for all host names`, 'hostNames', allowed) },
    { it: 'a TCPRoute', refused: route('TCPRoute'), accepted: route('HTTPRoute', [own]), says: disabled('a route without host names', 'allowRoutesWithoutHostNames', 'false') }
  ]
  return [...ofIngress, ...ofRoutes, ofManyHosts, ...ofGateways]
}

function annotations ({ namespace, className, name }: Target): Refusal[] {
  const make = write(namespace)
  const row = (kind: string, field: string, refused: string, accepted: string, object: (annotations: Record<string, string>) => KubeObject): Refusal => ({
    it: `the annotation ${refused} of a ${kind}`,
    refused: object({ [accepted]: 'x', [refused]: 'x' }),
    accepted: object({ [accepted]: 'x' }),
    says: `TenantClass ${className} does not allow the annotation ${refused}: spec.workloads.refusedAnnotations.${field} lists its prefix. Remove it, or change the TenantClass`
  })
  const ingress = { spec: { ingressClassName: 'nginx', rules: [{ host: 'shop.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] } }] } }
  const ofService = (annotations: Record<string, string>) => { const made = service(namespace, {}); return { ...made, metadata: { ...made.metadata, annotations } } as KubeObject }
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, 'x']))
  return [
    row('Service', 'services', 'external-dns.alpha.kubernetes.io/hostname', 'prometheus.io/scrape', ofService),
    row('Ingress', 'ingresses', 'nginx.ingress.kubernetes.io/server-snippet', 'nginx.ingress.kubernetes.io/rewrite-target', all => make('networking.k8s.io/v1', 'Ingress', ingress, all)),
    row('HTTPRoute', 'ingresses', 'external-dns.alpha.kubernetes.io/target', 'example.com/any', all => make('gateway.networking.k8s.io/v1', 'HTTPRoute', { spec: { hostnames: [`a.${name}.apps.example.com`] } }, all)),
    row('ServiceAccount', 'serviceAccounts', 'eks.amazonaws.com/role-arn', 'example.com/any', all => make('v1', 'ServiceAccount', {}, all)),
    row('Secret', 'secrets', 'replicator.v1.mittwald.de/replicate-from', 'example.com/any', all => make('v1', 'Secret', {}, all)),
    { it: 'a Secret of 257 annotations', refused: make('v1', 'Secret', {}, many(257)), accepted: make('v1', 'Secret', {}, many(256)), says: `secrets ${namespace}/web may have 256 annotations. Remove some` }
  ]
}

function volumes ({ namespace }: Target, { not, disabled }: Words): Refusal[] {
  const claim = (spec: object) => write(namespace)('v1', 'PersistentVolumeClaim', { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'standard', ...spec } })
  return [
    { it: 'a claim that names its volume', refused: claim({ volumeName: 'data-of-others' }), accepted: claim({}), says: disabled('spec.volumeName', 'allowVolumeNames', 'false') },
    { it: 'a claim that selects its volume', refused: claim({ selector: { matchLabels: { team: 'others' } } }), accepted: claim({}), says: disabled('spec.selector', 'allowVolumeNames', 'false') },
    { it: 'an unlisted VolumeAttributesClass', refused: claim({ volumeAttributesClassName: 'platinum' }), accepted: claim({ volumeAttributesClassName: 'gold' }), says: not('the VolumeAttributesClass platinum', 'volumeAttributesClasses', 'gold') }
  ]
}

function budgets ({ namespace }: Target, { disabled }: Words): Refusal[] {
  const budget = (spec: object) => write(namespace)('policy/v1', 'PodDisruptionBudget', { spec: { selector: { matchLabels: { app: 'web' } }, ...spec } })
  const says = disabled(`poddisruptionbudgets ${namespace}/web to refuse each eviction`, 'allowBlockingDisruptionBudgets', 'false')
  const clusterIP = '10.96.77.7'
  const chosen = disabled(`spec.clusterIP ${clusterIP}`, 'services.allowChosenClusterIPs', 'false')
  return [
    { it: 'a PodDisruptionBudget with maxUnavailable 0', refused: budget({ maxUnavailable: 0 }), accepted: budget({ maxUnavailable: 1 }), says },
    { it: 'a PodDisruptionBudget with maxUnavailable 0%', refused: budget({ maxUnavailable: '0%' }), accepted: budget({ maxUnavailable: '1%' }), says },
    { it: 'a PodDisruptionBudget with maxUnavailable 00%', refused: budget({ maxUnavailable: '00%' }), accepted: budget({ maxUnavailable: '01%' }), says },
    { it: 'a PodDisruptionBudget with minAvailable 0100%', refused: budget({ minAvailable: '0100%' }), accepted: budget({ minAvailable: '099%' }), says },
    { it: 'a PodDisruptionBudget with minAvailable 100%', refused: budget({ minAvailable: '100%' }), accepted: budget({ minAvailable: '99%' }), says },
    { it: 'a Service that asks for its cluster IP', refused: service(namespace, { clusterIP }), accepted: service(namespace, {}), says: chosen },
    { it: 'a Service that asks for its cluster IPs', refused: service(namespace, { clusterIPs: [clusterIP], clusterIP }), accepted: service(namespace, { clusterIP: 'None' }), says: chosen }
  ]
}
