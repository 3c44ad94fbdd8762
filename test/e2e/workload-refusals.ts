import type { KubeObject } from '../cluster/kube-object.ts'
import { pod, restricted, service } from './guarded-tenant.ts'
import { placementRefusals } from './placement-refusals.ts'
import { reachRefusals } from './reach-refusals.ts'
import type { Refusal } from './refusals.ts'

export interface Target {
  namespace: string
  name: string
  className: string
  priorityClass: string
}

/** The beginnings of messages. */
export interface Words {
  not: (what: string, field: string, list: string) => string
  disabled: (what: string, field: string, value: string) => string
}

/** Lists objects whose creation is refused to all users, each with a similar one that is allowed. */
export function workloadRefusals (target: Target): Refusal[] {
  const { namespace, className, priorityClass } = target
  const says = (verb: string) => (what: string, field: string, value: string) =>
    `TenantClass ${className} does not allow ${what}: spec.workloads.${field} ${verb} ${value}`
  const words = { not: says('lists'), disabled: says('is') }
  const { not, disabled } = words
  const addresses = (count: number, network: string) => Array.from({ length: count }, (_, index) => `${network}.${index + 1}`)
  const metadata = (name: string, annotations?: Record<string, string>) => ({ name, namespace, ...(annotations !== undefined && { annotations }) })

  const types = (type: string) => not(`Service type ${type}`, 'services.types', 'ClusterIP, LoadBalancer')
  const externalIP = (address: string) => not(`the external IP ${address}`, 'services.externalIPs', '192.0.2.0/24, 2001:db8::/64')
  const services: Refusal[] = [
    { it: 'a Service of type NodePort', refused: service(namespace, { type: 'NodePort' }), accepted: service(namespace, { type: 'LoadBalancer' }), says: types('NodePort') },
    { it: 'a Service of type ExternalName', refused: service(namespace, { type: 'ExternalName', externalName: 'example.com' }), accepted: service(namespace, { clusterIP: 'None' }), says: types('ExternalName') },
    { it: 'an IPv4 external IP outside of the networks', refused: service(namespace, { externalIPs: ['192.0.2.7', '198.51.100.1'] }), accepted: service(namespace, { externalIPs: ['192.0.2.7'] }), says: externalIP('198.51.100.1') },
    { it: 'an IPv6 external IP outside of the networks', refused: service(namespace, { externalIPs: ['2001:db8:9::1'] }), accepted: service(namespace, { externalIPs: ['2001:db8::1'] }), says: externalIP('2001:db8:9::1') },
    { it: 'a load balancer that asks for an address', refused: service(namespace, { type: 'LoadBalancer', loadBalancerIP: '198.51.100.1' }), accepted: service(namespace, { type: 'LoadBalancer', loadBalancerIP: '192.0.2.7' }), says: not('spec.loadBalancerIP 198.51.100.1', 'services.externalIPs', '192.0.2.0/24, 2001:db8::/64') },
    { it: 'a Service of 101 external IPs', refused: service(namespace, { externalIPs: addresses(101, '192.0.2') }), accepted: service(namespace, { externalIPs: addresses(100, '192.0.2') }), says: 'a Service may have 100 external IPs. Use several Services' }
  ]

  const address = (address: string) => not(`the endpoint address ${address}`, 'endpoints.addresses', '10.20.0.0/16, 2001:db8:1::/64')
  const endpoints = (...subsets: object[]): KubeObject => ({ apiVersion: 'v1', kind: 'Endpoints', metadata: metadata('web'), subsets: subsets.map(subset => ({ ports: [{ port: 80 }], ...subset })) })
  const slice = (addresses: string[][], addressType = 'IPv4'): KubeObject => ({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: metadata('web'), addressType, endpoints: addresses.map(addresses => ({ addresses })), ports: [{ port: 80 }] })
  const byHand: Refusal[] = [
    { it: 'Endpoints outside of the networks', refused: endpoints({ addresses: [{ ip: '10.20.1.1' }, { ip: '10.30.0.1' }] }), accepted: endpoints({ addresses: [{ ip: '10.20.1.1' }, { ip: '10.20.0.1' }] }), says: address('10.30.0.1') },
    { it: 'unready Endpoints outside of the networks', refused: endpoints({ addresses: [{ ip: '10.20.1.1' }] }, { notReadyAddresses: [{ ip: '10.30.0.1' }] }), accepted: endpoints({ notReadyAddresses: [{ ip: '10.20.0.1' }] }), says: address('10.30.0.1') },
    { it: 'IPv6 Endpoints outside of the networks', refused: endpoints({ addresses: [{ ip: '2001:db8:9::1' }] }), accepted: endpoints({ addresses: [{ ip: '2001:db8:1::1' }] }), says: address('2001:db8:9::1') },
    { it: 'an EndpointSlice outside of the networks', refused: slice([['10.20.0.1'], ['10.20.0.2', '10.30.0.1']]), accepted: slice([['10.20.0.1'], ['10.20.0.2']]), says: address('10.30.0.1') },
    { it: 'Endpoints of 101 addresses', refused: endpoints({ addresses: addresses(60, '10.20.0').map(ip => ({ ip })) }, { notReadyAddresses: addresses(41, '10.20.1').map(ip => ({ ip })) }), accepted: endpoints({ addresses: addresses(100, '10.20.0').map(ip => ({ ip })) }), says: 'Endpoints that users write may have 100 addresses. Use several' },
    { it: 'Endpoints of 101 subsets', refused: endpoints(...addresses(101, '10.20.0').map(ip => ({ addresses: [{ ip }] }))), accepted: endpoints(...addresses(100, '10.20.0').map(ip => ({ addresses: [{ ip }] }))), says: 'Endpoints that users write may have 100 addresses. Use several' },
    { it: 'an EndpointSlice of 101 addresses', refused: slice([addresses(60, '10.20.0'), addresses(41, '10.20.1')]), accepted: slice([addresses(60, '10.20.0'), addresses(40, '10.20.1')]), says: 'EndpointSlices that users write may have 100 addresses. Use several' },
    { it: 'an EndpointSlice of host names', refused: slice([['example.com']], 'FQDN'), accepted: slice([['2001:db8:1::1']], 'IPv6'), says: not('EndpointSlices of the addressType FQDN', 'endpoints.addresses', '10.20.0.0/16, 2001:db8:1::/64') }
  ]

  const ingress = (spec: object, annotations?: Record<string, string>): KubeObject => ({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: metadata('web', annotations), spec: { rules: [{ host: 'shop.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] } }], ...spec } })
  const ingresses: Refusal[] = [
    { it: 'an unlisted IngressClass', refused: ingress({ ingressClassName: 'internal' }), accepted: ingress({ ingressClassName: 'nginx' }), says: not('the IngressClass internal', 'ingressClasses', 'nginx') },
    { it: 'an unlisted IngressClass in the deprecated annotation', refused: ingress({}, { 'kubernetes.io/ingress.class': 'internal' }), accepted: ingress({}, { 'kubernetes.io/ingress.class': 'nginx' }), says: not('the IngressClass internal', 'ingressClasses', 'nginx') },
    { it: 'an Ingress without an IngressClass', refused: ingress({}), accepted: ingress({ ingressClassName: 'nginx' }), says: not('an Ingress without spec.ingressClassName', 'ingressClasses', 'nginx') }
  ]

  const claim = (spec: object, annotations?: Record<string, string>): KubeObject => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: metadata('data', annotations), spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec } })
  const beta = 'volume.beta.kubernetes.io/storage-class'
  const claims: Refusal[] = [
    { it: 'an unlisted StorageClass', refused: claim({ storageClassName: 'fast' }), accepted: claim({ storageClassName: 'standard' }), says: not('the StorageClass fast', 'storageClasses', 'standard') },
    { it: 'an unlisted StorageClass in the deprecated annotation, with a listed one in the field', refused: claim({ storageClassName: 'standard' }, { [beta]: 'fast' }), accepted: claim({}, { [beta]: 'standard' }), says: not('the StorageClass fast', 'storageClasses', 'standard') },
    { it: 'volumes without a StorageClass', refused: claim({ storageClassName: '' }), accepted: claim({ storageClassName: 'standard' }), says: not('volumes without a StorageClass', 'storageClasses', 'standard') },
    { it: 'a claim without a StorageClass', refused: claim({}), accepted: claim({ storageClassName: 'standard' }), says: not('a volume claim without spec.storageClassName', 'storageClasses', 'standard') }
  ]

  const registries = (image: string) => not(`the image ${image}`, 'imageRegistries', 'registry.example.com/team, docker.io/library, mirror.example.com:5000')
  const image = (it: string, refused: string, accepted: string, says = refused): Refusal => ({ it, refused: pod(namespace, {}, { image: refused }), accepted: pod(namespace, {}, { image: accepted }), says: registries(says) })
  const other = { ...restricted.container, name: 'other' }
  const smallest = {
    requests: { cpu: '1m', memory: '1Mi', 'ephemeral-storage': '1Mi' }, limits: { cpu: '2m', memory: '1Mi', 'ephemeral-storage': '1Mi' }
  }
  const containers = (count: number, name = 'app') => Array.from({ length: count }, (_, index) => ({ ...restricted.container, name: `${name}-${index}`, resources: smallest }))
  const images: Refusal[] = [
    { it: 'a pod of 101 containers', refused: pod(namespace, { containers: containers(60), initContainers: containers(41, 'init') }), accepted: pod(namespace, { containers: containers(60), initContainers: containers(40, 'init') }), says: disabled('101 containers and image volumes in a pod', 'pods.maxContainers', '100') },
    image('an image from another registry', 'evil.example.com/team/app:1', 'registry.example.com/team/app:1'),
    image('an image from another path of a listed registry', 'registry.example.com/team-b/app', 'registry.example.com/team/a/b'),
    image('an image from a registry with a listed one as prefix of its name', 'registry.example.com.evil.example/team/app', 'registry.example.com/team:v1'),
    image('an image from another port', 'registry.example.com:5000/team/app', 'mirror.example.com:5000/any/app:1'),
    image('an image from an unlisted port', 'mirror.example.com/app', 'mirror.example.com:5000/app'),
    image('an image of another owner on Docker Hub', 'someone/app', 'nginx', 'docker.io/someone/app'),
    image('an image of another owner on Docker Hub, with index.docker.io', 'index.docker.io/someone/app:1', 'docker.io/nginx:1.27', 'docker.io/someone/app:1'),
    image('an image from localhost', 'localhost/library/app', 'library/app'),
    image('an image from an upper-case host', 'REGISTRY/library/app', 'index.docker.io/nginx'),
    image('an image with the listed registry in its digest', `evil.example.com/app@sha256:${'0'.repeat(64)}`, `registry.example.com/team/app@sha256:${'0'.repeat(64)}`, 'evil.example.com/app'),
    image('an image ID', `sha256:${'a'.repeat(64)}`, 'sha256:1'),
    { it: 'an image of an init container', refused: pod(namespace, { initContainers: [{ ...other, image: 'evil.example.com/app' }] }), accepted: pod(namespace, { initContainers: [other] }), says: registries('evil.example.com/app') },
    { it: 'an image of a second container', refused: pod(namespace, { containers: [restricted.container, { ...other, image: 'evil.example.com/app' }] }), accepted: pod(namespace, { containers: [restricted.container, other] }), says: registries('evil.example.com/app') }
  ]

  const priorities: Refusal[] = [
    { it: 'an unlisted system PriorityClass', refused: pod(namespace, { priorityClassName: 'system-cluster-critical' }), accepted: pod(namespace, { priorityClassName: priorityClass }), says: not('the PriorityClass system-cluster-critical', 'priorityClasses', priorityClass) }
  ]
  return [...services, ...byHand, ...ingresses, ...claims, ...images, ...priorities, ...placementRefusals(target, words), ...reachRefusals(target, words)]
}
