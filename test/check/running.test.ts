import { describe, expect, it } from 'vitest'
import { engineAccess } from '../../src/check/engine-access.ts'
import { hookEndpoints, hookVersion } from '../../src/check/hook-endpoints.ts'
import { leaderElection, leaseOf } from '../../src/check/leader-election.ts'
import { findMetacontroller, metacontrollerLimits, metacontrollerRuns, metacontrollerVersion } from '../../src/check/metacontroller-workload.ts'
import { nameServers, nameServersOf } from '../../src/check/name-servers.ts'
import { networkEnforcement } from '../../src/check/network-enforcement.ts'
import { formerAccounts } from '../../src/check/former-accounts.ts'
import { readyTenants } from '../../src/check/ready-tenants.ts'
import { reconciledTenants } from '../../src/check/reconciled-tenants.ts'
import { usedClasses } from '../../src/check/used-classes.ts'
import { packageVersion } from '../../src/version.ts'
import { object, workload } from './objects.ts'

const account = { namespace: 'metacontroller', name: 'metacontroller' }

describe('metacontroller', () => {
  it('is found by its ServiceAccount, and by its image where several run with it', () => {
    const own = workload()
    expect(findMetacontroller([workload({ serviceAccount: 'other' }), workload({ namespace: 'other' }), workload({ image: 'proxy:2', name: 'a' }), own], account)).toBe(own)
    expect(findMetacontroller([workload({ serviceAccount: 'other' })], account)).toBeUndefined()
    expect(findMetacontroller([workload({ image: 'fork:1' })], account)?.name).toBe('metacontroller')
  })

  it.each([
    [undefined, 'failed', 'no Deployment or StatefulSet runs with the ServiceAccount metacontroller/metacontroller, which the guardrails name'],
    [workload(), 'ok', 'Deployment metacontroller/metacontroller has 2 of 2 replicas ready'],
    [workload({ ready: 1 }), 'warning', 'Deployment metacontroller/metacontroller has 1 of 2 replicas ready'],
    [workload({ ready: 0 }), 'failed', 'Deployment metacontroller/metacontroller has 0 of 2 replicas ready'],
    [workload({ replicas: 0 }), 'failed', 'Deployment metacontroller/metacontroller has no replicas'],
    [workload({ args: ['--target-label-selector=app.kubernetes.io/name!=k8s-mtp'] }), 'failed', 'Deployment metacontroller/metacontroller excludes k8s-mtp by --target-label-selector']
  ])('%#', (found, state, message) => {
    expect(metacontrollerRuns(found, account)).toMatchObject({ state, message })
  })

  it.each([
    ['v4.17.2', 'ok'], ['v4.17.10', 'ok'], ['4.18.0-rc.1', 'ok'], ['v5.0.0', 'ok'],
    ['v4.17.1', 'failed'], ['v4.9.9', 'failed'], ['v3.99.99', 'failed'], ['latest', 'warning']
  ])('in version %s: %s', (tag, state) => {
    expect(metacontrollerVersion(workload({ image: `metacontroller:${tag}` })).state).toBe(state)
  })

  it.each([
    [['--client-go-qps=20'], 'ok'], [['--client-go-qps', '150'], 'ok'], [['--client-go-qps=19'], 'warning'], [['--client-go-qps=many'], 'warning'], [[], 'warning']
  ])('with %j: %s', (args, state) => {
    expect(metacontrollerLimits(workload({ args })).state).toBe(state)
  })

  it('is skipped where it was not found', () => {
    expect([metacontrollerVersion(undefined), metacontrollerLimits(undefined), leaderElection(undefined, undefined, new Date())].map(({ state }) => state)).toEqual(['skipped', 'skipped', 'skipped'])
  })

  it('lacks permissions', () => {
    expect(engineAccess('system:serviceaccount:a:b', ['default'], [])).toMatchObject({ state: 'ok' })
    expect(engineAccess('system:serviceaccount:a:b', ['default'], [{ apiGroups: [''], resources: ['pods/exec'], verbs: ['create'] }])).toMatchObject({
      state: 'failed', message: 'system:serviceaccount:a:b lacks permissions for default: create pods/exec'
    })
  })
})

describe('leader election', () => {
  const now = new Date('2026-01-01T00:01:00Z')
  const lease = (renewTime?: string) => object('Lease', 'metacontroller', { spec: { holderIdentity: 'a', leaseDurationSeconds: 15, renewTime } })

  it.each([
    ['one replica', workload({ replicas: 1, args: [] }), undefined, 'ok'],
    ['two replicas without it', workload({ args: ['--leader-election=false'] }), undefined, 'failed'],
    ['no lease', workload(), undefined, 'failed'],
    ['a renewed lease', workload(), lease('2026-01-01T00:00:45.000000Z'), 'ok'],
    ['an expired lease', workload(), lease('2026-01-01T00:00:44.000000Z'), 'failed'],
    ['a lease without a time', workload(), lease(), 'failed']
  ])('%s', (_, found, observed, state) => {
    expect(leaderElection(found, observed, now).state).toBe(state)
  })

  it('has the lease that the arguments name', () => {
    expect(leaseOf(workload())).toEqual({ namespace: 'metacontroller', name: 'metacontroller' })
    expect(leaseOf(workload({ args: ['--leader-election=true', '--leader-election-namespace=a', '--leader-election-id=b'] }))).toEqual({ namespace: 'a', name: 'b' })
    expect(leaseOf(workload({ args: [] }))).toBeUndefined()
  })
})

describe('the hook', () => {
  const name = { namespace: 'k8s-mtp-system', name: 'k8s-mtp' }
  const service = object('Service', 'k8s-mtp')
  const slice = (...ready: Array<boolean | undefined>) => object('EndpointSlice', 'a', { endpoints: ready.map(ready => ({ conditions: { ready } })) })
  const pod = (...images: string[]) => object('Pod', 'a', { spec: { containers: images.map(image => ({ image })) } })

  it('has endpoints', () => {
    expect(hookEndpoints(undefined, undefined, [])).toMatchObject({ state: 'skipped' })
    expect(hookEndpoints(name, undefined, [])).toMatchObject({ state: 'failed', message: expect.stringContaining('does not exist') as string })
    expect(hookEndpoints(name, service, [])).toMatchObject({ state: 'failed' })
    expect(hookEndpoints(name, service, [slice(false), object('EndpointSlice', 'b', { endpoints: null })])).toMatchObject({ state: 'failed' })
    // Absent means ready. Source: EndpointConditions of the API reference.
    expect(hookEndpoints(name, service, [slice(false, true), slice(undefined)])).toEqual({ state: 'ok', message: 'Service k8s-mtp-system/k8s-mtp has 2 ready endpoints' })
  })

  it.each([
    [[pod('proxy:1', `registry.example.com/k8s-mtp:${packageVersion}@sha256:0123`)], 'ok', `hook ${packageVersion}`],
    [[pod(`k8s-mtp:v${packageVersion}`), pod('k8s-mtp:0.0.1')], 'warning', `the hook has version 0.0.1, ${packageVersion}, and this program ${packageVersion}`],
    [[pod('own@sha256:0123')], 'warning', `the hook has version unknown, and this program ${packageVersion}`],
    [[], 'skipped', 'the hook has no pods']
  ])('has this version %#', (pods, state, message) => {
    expect(hookVersion(name, pods)).toMatchObject({ state, message })
  })
})

describe('classes', () => {
  const classes = [object('TenantClass', 'default')]

  it('fails without any, and names those that Tenants and entries lack', () => {
    expect(usedClasses([], [])).toMatchObject({ state: 'failed' })
    expect(usedClasses(classes, [object('Tenant', 'acme', { spec: { className: 'default', namespaces: [{ name: 'a' }] } })])).toEqual({ state: 'ok', message: '1 TenantClass: default' })
    expect(usedClasses(classes, [
      object('Tenant', 'acme', { spec: { className: 'default', namespaces: [{ name: 'a', className: 'big' }] } }),
      object('TenantNamespace', 'acme.b', { spec: { className: 'gone' } })
    ])).toMatchObject({ state: 'warning', message: 'TenantClasses do not exist: big of Tenant/acme, gone of TenantNamespace/acme.b' })
  })
})

describe('dns-peers', () => {
  const tenantClass = (name: string, peers: unknown) => object('TenantClass', name, { spec: { network: { dns: { peers } } } })
  const ofOpenShift = { namespace: 'openshift-dns', podLabels: { b: '2', a: '1' } }
  const anyPod = { namespace: 'dns' }
  const address = { cidr: '169.254.20.10/32' }

  it('reads the peers with a namespace', () => {
    expect(nameServersOf(tenantClass('a', [ofOpenShift, address, anyPod]))).toEqual([{ namespace: 'openshift-dns', labelSelector: 'a=1,b=2' }, { namespace: 'dns', labelSelector: '' }])
    expect(nameServersOf(object('TenantClass', 'a'))).toEqual([])
  })

  it('needs one of the peers of each class to run', () => {
    const running = ({ namespace }: { namespace: string }) => namespace === 'dns' ? 1 : 0
    expect(nameServers([tenantClass('a', [ofOpenShift, anyPod]), tenantClass('b', [address])], running)).toEqual({ state: 'ok', message: 'name servers run for class a' })
    expect(nameServers([tenantClass('b', [address])], running)).toEqual({ state: 'ok', message: 'no class allows DNS to pods' })
    expect(nameServers([tenantClass('a', [anyPod]), tenantClass('c', [ofOpenShift, address])], running)).toMatchObject({
      state: 'warning', message: 'no name server runs for class c: DNS is allowed to a=1,b=2 in openshift-dns'
    })
  })
})

describe('network-policies', () => {
  const daemonSet = (image: string, args: string[] = [], options: Parameters<typeof workload>[0] = {}) => workload({ kind: 'DaemonSet', namespace: 'kube-system', name: 'net', image, args, ...options })

  it.each([
    ['docker.io/calico/node:v3.30.0'], ['registry.example.com/mirrored-calico-node:v3.30.0'], ['rancher/hardened-calico:v3.30.0'], ['quay.io/cilium/cilium:v1.18.0@sha256:0123'],
    ['docker.io/cloudnativelabs/kube-router:v2.5.0'], ['antrea/antrea-agent-ubuntu:v2.4.0'], ['docker.io/kindest/kindnetd:v20250512-df8de77b'], ['registry.k8s.io/networking/kube-network-policies:v0.9.0'],
    ['weaveworks/weave-npc:2.8.1'], ['kubeovn/kube-ovn:v1.14.0'], ['mcr.microsoft.com/containernetworking/azure-npm:v1.5.0']
  ])('%s enforces', image => {
    expect(networkEnforcement([daemonSet('flannel:v1'), daemonSet(image)])).toMatchObject({ state: 'ok' })
  })

  it('depends on arguments and on the version', () => {
    expect(networkEnforcement([daemonSet('amazon/aws-network-policy-agent:v1.2.3', ['--enable-network-policy=true'])])).toMatchObject({ state: 'ok' })
    expect(networkEnforcement([daemonSet('kindnetd:stable', ['--network-policy=true'])])).toMatchObject({ state: 'ok' })
    for (const off of [daemonSet('amazon/aws-network-policy-agent:v1.2.3', ['--enable-network-policy=false']), daemonSet('kube-router:v2', ['--run-firewall=false']), daemonSet('kindest/kindnetd:v20230809-80a64d96')]) {
      expect(networkEnforcement([off])).toMatchObject({ state: 'warning', message: expect.stringMatching(/ is too old, or its enforcement is off$/) as string })
    }
  })

  it('knows OVN-Kubernetes by its DaemonSet, since OpenShift has images without names', () => {
    expect(networkEnforcement([daemonSet('quay.io/openshift-release-dev/ocp-v4.0-art-dev@sha256:0123', [], { name: 'ovnkube-node' })])).toMatchObject({ state: 'ok' })
  })

  it('warns where it does not run on all nodes, and where none is known', () => {
    expect(networkEnforcement([daemonSet('cilium/cilium:v1', [], { replicas: 3, ready: 2 })])).toMatchObject({ state: 'warning', message: 'Cilium enforces NetworkPolicies on 2 of 3 nodes' })
    expect(networkEnforcement([daemonSet('cilium/cilium:v1', [], { replicas: 0 })])).toMatchObject({ state: 'warning', message: 'Cilium enforces NetworkPolicies on 0 of 0 nodes' })
    expect(networkEnforcement([daemonSet('flannel/flannel:v1'), daemonSet('cilium/operator:v1')])).toMatchObject({ state: 'warning', message: expect.stringContaining('it is unknown') as string })
  })
})

it('tenants: names the first that is not Ready, with its reason', () => {
  const tenant = (name: string, ...conditions: object[]) => object('Tenant', name, { status: { conditions } })
  const ready = { type: 'Ready', status: 'True', reason: 'UpToDate' }
  expect(readyTenants([])).toEqual({ state: 'ok', message: 'no Tenant exists' })
  expect(readyTenants([tenant('a', ready)])).toEqual({ state: 'ok', message: '1 of 1 Tenants are Ready' })
  expect(readyTenants([tenant('a', ready), tenant('b', { type: 'Ready', status: 'False', reason: 'ClassNotFound', message: 'Create it.' }), object('Tenant', 'c')]))
    .toEqual({ state: 'warning', message: '1 of 3 Tenants are Ready; b is not: ClassNotFound', remedy: 'Create it.' })
  expect(readyTenants([object('Tenant', 'c')])).toMatchObject({ message: '0 of 1 Tenants are Ready; c is not: it has no status yet', remedy: 'Look for the reason: kubectl describe tenant c' })
})

describe('former-metacontroller-permissions', () => {
  const account = { namespace: 'k8s-mtp-system', name: 'k8s-mtp-metacontroller' }
  const everything = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]
  const status = [{ apiGroups: ['k8s-mtp.dev'], resources: ['tenants/status'], verbs: ['get', 'update'] }]
  const roles = [object('ClusterRole', 'k8s-mtp-engine', { rules: status }), object('ClusterRole', 'metacontroller', { rules: everything }), object('ClusterRole', 'cluster-admin', { rules: everything })]
  const bound = (role: string, subject: object) => object('ClusterRoleBinding', 'some', { roleRef: { kind: 'ClusterRole', name: role }, subjects: [subject] })
  const serviceAccount = (namespace: string, name: string) => ({ kind: 'ServiceAccount', namespace, name })

  it.each<[string, ReturnType<typeof object>, string]>([
    ['a former account of the same role', bound('k8s-mtp-engine', serviceAccount('metacontroller', 'metacontroller')), 'warning'],
    ['a former chart that grants everything', bound('metacontroller', serviceAccount('metacontroller', 'metacontroller')), 'warning'],
    ['the account itself', bound('k8s-mtp-engine', serviceAccount(account.namespace, account.name)), 'ok'],
    ['a cluster admin', bound('cluster-admin', { kind: 'Group', name: 'sre' }), 'ok']
  ])('%s', (_, binding, state) => {
    expect(formerAccounts(account, [binding], roles).state).toBe(state)
    expect(formerAccounts(undefined, [binding], roles).state).toBe('skipped')
  })

  it('names the command', () => {
    expect(formerAccounts(account, [bound('k8s-mtp-engine', serviceAccount('metacontroller', 'metacontroller'))], roles).remedy).toContain('kubectl delete clusterrolebinding some. See')
  })
})

describe('reconciliation', () => {
  const now = new Date('2026-11-22T12:00:00Z')
  const parent = (observedGeneration: number | undefined, creationTimestamp: string, metadata: object = {}) =>
    object('Tenant', 'acme', { status: { observedGeneration } }, { generation: 2, creationTimestamp, ...metadata })

  it.each<[string, ReturnType<typeof object>[], string]>([
    ['no Tenant', [], 'skipped'],
    ['a reconciled Tenant', [parent(2, '2026-11-22T10:00:00Z')], 'ok'],
    ['a change of this minute', [parent(1, '2026-11-22T10:00:00Z', { managedFields: [{ fieldsV1: { 'f:spec': {} }, time: '2026-11-22T11:59:30Z' }] })], 'ok'],
    ['a new Tenant of two minutes ago', [parent(-1, '2026-11-22T11:58:00Z')], 'failed'],
    ['no status', [parent(undefined, '2026-11-22T11:58:00Z')], 'failed'],
    ['one that is being deleted', [parent(1, '2026-11-22T10:00:00Z', { deletionTimestamp: '2026-11-22T11:00:00Z' })], 'skipped']
  ])('%s', (_, parents, state) => {
    expect(reconciledTenants(parents, now).state).toBe(state)
  })
})
