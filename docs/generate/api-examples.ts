import { readFileSync } from 'node:fs'

const acme = new URL('../../examples/tenants/acme.yaml', import.meta.url)

/** Examples of values by the path in the reference. A test checks each against its schema. */
export const examples: Readonly<Record<string, string>> = {
  Tenant: readFileSync(acme, 'utf8').replaceAll(/^# .*\n/gm, ''),
  'Tenant.spec.admins': `
- {kind: User, name: ada@acme.example}
- {kind: Group, name: acme-leads}`,
  'Tenant.spec.operators': `
- {kind: ServiceAccount, name: deployer, namespace: ci}`,
  'Tenant.spec.viewers': `
- {kind: User, name: eve@audit.example, expiresAt: "2030-12-24T18:00:00Z"}`,
  'Tenant.spec.roles': `
release-manager:
  - {kind: User, name: rita@acme.example, expiresAt: "2030-12-24T18:00:00Z"}`,
  'Tenant.spec.quotas': `
tenant-quota: {cpu: "2", memory: 4Gi, pods: "30"}`,
  'Tenant.spec.limits': `
Container:
  max: {cpu: "4", memory: 8Gi}`,
  'Tenant.spec.labels': `
cost-center.example/unit: "4711"`,
  'Tenant.spec.network.allow': `
egress:
  - peers: [{cidr: 192.0.2.0/28}]
    ports: [{port: 5432, protocol: TCP}]`,
  'Tenant.spec.network.peers': `
- {tenant: globex}`,
  'Tenant.spec.workloads.hostNames': `
- shop.{tenant}.example.com`,
  'TenantClass.spec.quotas': `
tenant-quota: {cpu: 500m, memory: 1Gi, pods: "20"}
tenant-objects: {configmaps: "50", secrets: "50", services: "20", services.loadbalancers: "0"}
tenant-storage: {requests.storage: 10Gi, persistentvolumeclaims: "10"}`,
  'TenantClass.spec.additionalRoles': `
release-manager:
  rules:
    - {apiGroups: [apps], resources: [deployments, deployments/scale], verbs: [get, list, watch, patch]}`,
  'TenantClass.spec.namespaceMetadata': `
labels: {team.example/tier: standard}
annotations: {team.example/contact: platform@team.example}
reservedPrefixes: [team.example/, istio.io/]
finalizers: [controller.cattle.io/namespace-auth]`,
  'TenantClass.spec.network': `
dns:
  peers:
    - {namespace: kube-system, podLabels: {k8s-app: kube-dns}}
    - {cidr: 169.254.20.10/32}
  ports:
    - {port: 53, protocol: UDP}
    - {port: 53, protocol: TCP}
policies:
  - name: allow-ingress-controller
    ingress:
      - peers: [{namespace: ingress-nginx}]`,
  'TenantClass.spec.network.clusterRanges': `
pods: [10.244.0.0/16]
services: [10.96.0.0/12]
nodes: [192.0.2.0/24]`,
  'TenantClass.spec.overrides.quotas': `
tenant-quota:
  cpu: {max: "4"}
  pods: {min: "5", max: "100"}`,
  'TenantClass.spec.overrides.limits': `
Container:
  max: {cpu: {max: "4"}, memory: {min: 128Mi, max: 8Gi}}`,
  'TenantClass.spec.overrides.labels': `
prefixes: [cost-center.example/]`,
  'TenantClass.spec.overrides.network.allow': `
egress:
  - peers: [{cidr: 192.0.2.0/24, except: [192.0.2.128/25]}]
    ports: [{port: 5432, protocol: TCP}]`,
  'TenantClass.spec.overrides.workloads.hostNames': `
- "*.{tenant}.example.com"`,
  'TenantClass.spec.overrides.nodePools': `
gpu:
  nodeSelector: {example.com/pool: gpu}
  tolerations: [{key: example.com/gpu, effect: NoSchedule}]`,
  'TenantClass.spec.podSecurity': `
enforce: baseline
audit: restricted
warn: restricted
version: v1.34`,
  'TenantClass.spec.workloads': `
services: {types: [ClusterIP, LoadBalancer], externalIPs: []}
endpoints: {addresses: []}
ingressClasses: [nginx]
storageClasses: [standard]
imageRegistries: [registry.example.com/team, docker.io/library]`,
  Subject: `
kind: ServiceAccount
name: deployer
namespace: ci`,
  LimitItem: `
type: Container
defaultRequest: {cpu: 25m, memory: 48Mi}
default: {cpu: 250m, memory: 128Mi}
max: {cpu: 500m, memory: 1Gi}`,
  RoleRule: `
apiGroups: [apps]
resources: [deployments, deployments/scale]
verbs: [get, list, watch, create, update, patch, delete]`,
  Bound: `
min: "5"
max: "100"`,
  AdditionalPolicy: `
name: allow-monitoring
ingress:
  - peers: [{namespace: monitoring, podLabels: {app: prometheus}}]
    ports: [{port: 9090, protocol: TCP}]`,
  TrafficRule: `
peers: [{cidr: 0.0.0.0/0, except: [10.0.0.0/8, 169.254.0.0/16]}]
ports: [{port: 443, protocol: TCP}]`,
  Peer: `
namespace: monitoring
podLabels: {app: prometheus}`,
  TenantTrafficRule: `
peers: [{cidr: 192.0.2.0/28}]
ports: [{port: 5432, protocol: TCP}]`,
  TenantPeer: `
namespace: monitoring
podLabels: {app: prometheus}`,
  Port: `
port: 8000
endPort: 8999
protocol: TCP`
}
