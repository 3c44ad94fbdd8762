import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Finding } from '../../src/check/finding.ts'
import { installed, requirements } from '../../src/cli/check/checks.ts'
import { checkAdvice, runChecks } from '../../src/cli/check/run-checks.ts'
import { openCluster } from '../../src/cli/cluster/cluster.ts'
import { createReader } from '../../src/cli/cluster/reader.ts'
import { checkRules } from '../../src/rbac/check-rules.ts'
import { packageVersion } from '../../src/version.ts'
import { refOf, type KubeObject, type ObjectRef } from '../cluster/kube-object.ts'
import { readKustomization } from '../cluster/manifests.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { classManifest, classRef } from './classes.ts'
import { k8sMtp } from './cli.ts'
import { breakGlass, client, eventually, platform } from './context.ts'
import { remove, removeTenant, tenantManifest, uniqueName, waitForReady } from './tenants.ts'

const admin = ['--as', 'ops', '--as-group', 'system:masters', '--as-group', 'system:authenticated']

async function check (args: string[] = [], identity = admin): Promise<{ code: number, stderr: string, checks: Finding[] }> {
  const { code, stdout, stderr } = await k8sMtp(['check', '-o', 'json', ...args], identity)
  const { version, checks } = JSON.parse(stdout) as { version: string, checks: Finding[] }
  expect(version).toBe(packageVersion)
  return { code: code ?? -1, stderr, checks }
}

/** The findings of the command, or of some of its checks, without the start of a process: many tests need them again and again. */
async function findingsNow (isWanted: (id: string) => boolean = () => true, identity = admin): Promise<Finding[]> {
  const [as, ...asGroup] = identity.filter(argument => !argument.startsWith('--'))
  const cluster = await openCluster({ kubeconfig: platform().kubeconfig, as: as ?? '', asGroup }, checkAdvice)
  const wanted = Object.fromEntries(Object.entries({ ...requirements, ...installed }).filter(([id]) => isWanted(id)))
  return runChecks(wanted, createReader(cluster))
}

const statesOf = (checks: Finding[]): Record<string, string> => Object.fromEntries(checks.map(({ id, state }) => [id, state]))

/** Metacontroller and the name servers of a cluster, as objects: here they run as processes, or not at all. */
const metacontroller: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'metacontroller', namespace: 'metacontroller' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'metacontroller' } },
    template: {
      metadata: { labels: { app: 'metacontroller' } },
      spec: {
        serviceAccountName: 'metacontroller',
        containers: [{
          name: 'metacontroller',
          image: 'registry.example.com/metacontroller:v4.17.2',
          args: ['--leader-election', '--client-go-qps=50', '--client-go-burst=100']
        }]
      }
    }
  }
}
const lease: KubeObject = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'metacontroller', namespace: 'metacontroller' },
  spec: { holderIdentity: 'metacontroller-0', leaseDurationSeconds: 3600, renewTime: new Date().toISOString().replace('Z', '000Z') }
}
const nameServer = podOf('kube-dns-check', 'kube-system', { 'k8s-app': 'kube-dns' }, 'coredns')

function podOf (name: string, namespace: string, labels: Record<string, string>, image: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels }, spec: { containers: [{ name: 'main', image }] } }
}

async function createRunning (pod: KubeObject, ip = '192.0.2.9'): Promise<void> {
  await eventually(async () => await client().create(pod))
  await run(refOf(pod), ip)
}

/** As a kubelet reports it. */
async function run (ref: ObjectRef, ip: string): Promise<void> {
  const conditions = [{ type: 'Ready', status: 'True' }]
  await client().patch(ref, { status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions } }, { subresource: 'status', type: 'strategic' })
}

async function removePod (ref: ObjectRef): Promise<void> {
  await breakGlass().delete(ref, { gracePeriodSeconds: 0 })
}

let base: Record<string, string>
let findings: Finding[]
/** Its status shows that the hook responds. */
const steady = uniqueName('steady')
beforeAll(async () => {
  await client().create(tenantManifest(steady))
  await waitForReady({ name: steady })
  await client().create(metacontroller)
  await client().create(lease)
  await createRunning(nameServer)
  const pods = { apiVersion: 'v1', kind: 'Pod' }
  const { items } = await eventually(async () => {
    const list = await client().list(pods, { namespace: 'metacontroller' })
    expect(list.items).toHaveLength(2)
    return list
  })
  for (const pod of items) await run(refOf(pod), '192.0.2.8')
  await eventually(async () => {
    findings = await findingsNow()
    expect(statesOf(findings)['metacontroller']).toBe('ok')
  })
  base = statesOf(findings)
})
afterAll(async () => {
  await removeTenant(steady)
  await remove(refOf(metacontroller))
  await remove(refOf(lease))
  await removePod(refOf(nameServer))
})

const servesMutating = () => Number(/^v?1\.(\d+)/.exec(platform().versions.kubernetes)?.[1]) >= 36

describe('on the installed platform', () => {
  it('finds nothing, except what the platform of the tests lacks', async () => {
    const { code, stderr, checks } = await check()
    expect(checks.map(({ id, state }) => [id, state])).toEqual(findings.map(({ id, state }) => [id, state]))
    expect(findings.filter(({ state }) => state !== 'ok')).toEqual([
      ...(servesMutating() ? [] : [expect.objectContaining({ id: 'mutating-admission-policies', state: 'warning' }), expect.objectContaining({ id: 'pod-defaults', state: 'skipped' })]),
      { id: 'hook-endpoints', state: 'skipped', message: 'the URL of the hook is no Service of this cluster' },
      { id: 'hook-version', state: 'skipped', message: 'the URL of the hook is no Service of this cluster' },
      {
        id: 'network-policies',
        state: 'warning',
        message: 'it is unknown whether NetworkPolicies are enforced: no known network plugin runs as a DaemonSet',
        remedy: expect.stringContaining('docs/operations.md#are-networkpolicies-enforced') as string
      }
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  it('prints a line for each check, with its remedy, and a summary', async () => {
    const { code, stdout } = await k8sMtp(['check'], admin)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^✓ kubernetes-version +Kubernetes v1\.\d+\.\d+.*$/m)
    expect(stdout).toMatch(/^! network-policies +it is unknown.*\n {4}Find out which network plugin/m)
    expect(stdout).toMatch(/^– hook-version +the URL of the hook is no Service of this cluster$/m)
    expect(stdout.trim().split('\n').at(-1)).toMatch(/^\d+ checks: \d+ ok, [12] warnings?, [23] skipped$/)
  })

  it('with --pre checks the requirements, and whether the caller may install', async () => {
    const { code, checks } = await check(['--pre'])
    expect(code).toBe(0)
    expect(checks.map(({ id }) => id)).toEqual(['kubernetes-version', 'validating-admission-policies', 'mutating-admission-policies', 'other-metacontroller', 'install-permissions'])
    expect(statesOf(checks)['install-permissions']).toBe('ok')
    const other = await check(['--pre'], ['--as', 'ada', '--as-group', 'system:authenticated'])
    expect({ code: other.code, stderr: other.stderr }).toEqual({ code: 1, stderr: 'error: 1 check failed: install-permissions.\n' })
    expect(other.checks.at(-1)).toEqual({
      id: 'install-permissions',
      state: 'failed',
      message: expect.stringContaining('create customresourcedefinitions.apiextensions.k8s.io') as string,
      remedy: 'Install as cluster-admin, or choose another --context, or --as.'
    })
  })

  it('prints the versions of program and cluster', async () => {
    const [client, all] = await Promise.all([k8sMtp(['version', '--client', '-o', 'json'], admin), k8sMtp(['version', '-o', 'json'], admin)])
    expect(JSON.parse(client.stdout)).toEqual({ client: packageVersion })
    // The hook runs beside this cluster.
    const kubernetes = platform().versions.kubernetes.replace(/^v/, '')
    expect(JSON.parse(all.stdout)).toMatchObject({ client: packageVersion, kubernetes, crds: packageVersion, guardrails: packageVersion, hook: 'none' })
  })

  it('refuses another output format', async () => {
    expect(await k8sMtp(['check', '-o', 'yaml'], admin)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Allowed choices are text, json.') as string })
  })
})

interface Fault {
  /** The states that change. */
  states: Record<string, string>
  /** Of the first of them. */
  message: string
  remedy: string
  make: () => Promise<unknown>
  undo: () => Promise<unknown>
}

const admission = (kind: string, name: string): ObjectRef => ({ apiVersion: 'admissionregistration.k8s.io/v1', kind, name })
const policy = (name: string) => admission('ValidatingAdmissionPolicy', name)
const bindingOf = (name: string) => admission('ValidatingAdmissionPolicyBinding', name)

/** The object of a folder with a kustomization, as it was installed. */
async function restore (folder: string, { kind, name }: ObjectRef): Promise<void> {
  const object = readKustomization(repositoryPath(folder)).find(object => object.kind === kind && object.metadata.name === name)
  if (object === undefined) expect.unreachable(`${folder} has no ${kind} ${name}`)
  await breakGlass().apply(object, { fieldManager: 'k8s-mtp-install', force: true })
}

/** Patches an object, and restores what was there. */
function patched (ref: ObjectRef, patch: (object: KubeObject) => object): Pick<Fault, 'make' | 'undo'> {
  let spec: unknown
  return {
    make: async () => {
      const object = await client().get(ref)
      spec = object['spec'] ?? object['rules']
      await breakGlass().patch(ref, patch(object))
    },
    undo: async () => {
      const { metadata: { managedFields: _, ...metadata }, ...object } = await client().get(ref)
      await breakGlass().update({ ...object, metadata, ['rules' in object ? 'rules' : 'spec']: spec } as KubeObject)
    }
  }
}

function created (...objects: KubeObject[]): Pick<Fault, 'make' | 'undo'> {
  return {
    make: async () => { for (const object of objects) await client().create(object) },
    undo: async () => { for (const object of objects.toReversed()) await remove(refOf(object)) }
  }
}

const crd = (plural: string): ObjectRef => ({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: `${plural}.k8s-mtp.dev` })
const secondController: ObjectRef = { apiVersion: 'metacontroller.k8s.io/v1alpha1', kind: 'CompositeController', name: 'k8s-mtp-namespaces' }
const unready = uniqueName()
const otherClass = uniqueName('class')
let controller: KubeObject

const old = { 'app.kubernetes.io/name': 'k8s-mtp', 'app.kubernetes.io/component': 'guardrail' }
const earlier: KubeObject[] = [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'k8s-mtp-earlier', labels: old },
    spec: {
      matchConstraints: { resourceRules: [{ apiGroups: ['none.example.com'], apiVersions: ['*'], operations: ['CREATE'], resources: ['*'] }] },
      validations: [{ expression: 'true' }]
    }
  },
  { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding', metadata: { name: 'k8s-mtp-earlier', labels: old }, spec: { policyName: 'k8s-mtp-earlier', validationActions: ['Deny'] } }
]

const shared: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'shared', namespace: 'default' },
  spec: {
    serviceName: 'shared',
    selector: { matchLabels: { app: 'shared' } },
    template: { metadata: { labels: { app: 'shared' } }, spec: { containers: [{ name: 'main', image: 'ghcr.io/metacontroller/metacontroller-distroless:v4.12.0' }] } }
  }
}

type Policy = KubeObject & { spec: { matchConditions: Array<{ name: string, expression: string }> } }

const faults: Record<string, Fault> = {
  'a policy is deleted': {
    states: { guardrails: 'failed' },
    message: 'policies missing: k8s-mtp-workloads-pods',
    remedy: 'k8s-mtp guardrails | kubectl apply --server-side',
    make: async () => await breakGlass().delete(policy('k8s-mtp-workloads-pods')),
    undo: async () => await restore('guardrails', policy('k8s-mtp-workloads-pods'))
  },
  'a policy no longer fails closed': {
    states: { guardrails: 'failed' },
    message: 'policies changed: k8s-mtp-tenant-objects in spec.failurePolicy',
    remedy: 'helm upgrade',
    ...patched(policy('k8s-mtp-tenant-objects'), () => ({ spec: { failurePolicy: 'Ignore' } }))
  },
  'a policy exempts another group': {
    states: { guardrails: 'failed' },
    message: 'policies changed: k8s-mtp-workloads-services in spec.matchConditions',
    remedy: 'helm upgrade',
    ...patched(policy('k8s-mtp-workloads-services'), object => ({
      spec: {
        matchConditions: (object as Policy).spec.matchConditions.map(({ name, expression }) =>
          ({ name, expression: expression.replace("'k8s-mtp:break-glass'", "'k8s-mtp:break-glass', 'friends'") }))
      }
    }))
  },
  'a binding is deleted': {
    states: { 'guardrail-bindings': 'failed' },
    message: 'bindings missing: k8s-mtp-tenant-namespaces',
    remedy: 'k8s-mtp guardrails | kubectl apply --server-side',
    make: async () => await breakGlass().delete(bindingOf('k8s-mtp-tenant-namespaces')),
    undo: async () => await restore('guardrails', bindingOf('k8s-mtp-tenant-namespaces'))
  },
  'a binding only warns': {
    states: { 'guardrail-bindings': 'failed' },
    message: 'bindings changed: k8s-mtp-engine in spec.validationActions',
    remedy: 'helm upgrade',
    ...patched(bindingOf('k8s-mtp-engine'), () => ({ spec: { validationActions: ['Warn'] } }))
  },
  'a policy of an earlier version is left': {
    states: { 'earlier-guardrails': 'warning' },
    message: 'guardrails of another version are in force: k8s-mtp-earlier',
    remedy: 'kubectl delete validatingadmissionpolicybindings k8s-mtp-earlier && kubectl delete validatingadmissionpolicies k8s-mtp-earlier',
    ...created(...earlier)
  },
  'a CompositeController is deleted': {
    states: { 'composite-controllers': 'failed' },
    message: 'k8s-mtp-namespaces is missing',
    remedy: 'kubectl apply --server-side -f metacontroller/composite-controller.yaml',
    make: async () => {
      controller = await client().get(secondController)
      await breakGlass().delete(secondController)
    },
    undo: async () => {
      const { apiVersion, kind, metadata: { name, labels = {} }, spec } = controller
      await client().create({ apiVersion, kind, metadata: { name, labels }, spec })
    }
  },
  'a permission of Metacontroller is missing': {
    states: { 'metacontroller-permissions': 'failed' },
    message: 'lacks permissions for default, large, sandbox and 2 more: update tenantnamespaces/finalizers.k8s-mtp.dev, tenants/finalizers.k8s-mtp.dev',
    remedy: 'docs/reference/reasons.md#permissionsnotgranted',
    ...patched({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'k8s-mtp-engine' }, object => ({
      rules: (object as KubeObject & { rules: Array<{ resources: string[] }> }).rules.filter(({ resources }) => !resources.includes('tenants/finalizers'))
    }))
  },
  'a column of a CRD is changed': {
    states: { crds: 'warning' },
    message: 'tenants.k8s-mtp.dev in additionalPrinterColumns',
    remedy: 'kubectl apply --server-side -f crds/',
    ...patched(crd('tenants'), object => ({ spec: { versions: versionsOf(object).map(version => ({ ...version, additionalPrinterColumns: [] })) } }))
  },
  'the schema of a CRD is changed': {
    states: { crds: 'failed' },
    message: 'workloadpolicies.k8s-mtp.dev in schema',
    remedy: 'kubectl apply --server-side -f crds/',
    ...patched(crd('workloadpolicies'), object => ({ spec: { versions: versionsOf(object).map(version => ({ ...version, schema: { openAPIV3Schema: { ...version.schema.openAPIV3Schema, description: 'other' } } })) } }))
  },
  'a Tenant names a class that does not exist': {
    states: { classes: 'warning', tenants: 'warning' },
    message: `TenantClasses do not exist: gone of Tenant/${unready}`,
    remedy: 'docs/reference/reasons.md#classnotfound',
    make: async () => await client().create(tenantManifest(unready, { className: 'gone' })),
    undo: async () => {
      await removeTenant(unready)
      await eventually(async () => expect(await client().find({ apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', name: unready })).toBeUndefined())
    }
  },
  'a class allows DNS to pods that do not run': {
    states: { 'dns-peers': 'warning' },
    message: `no name server runs for class ${otherClass}: DNS is allowed to app=none in openshift-dns`,
    remedy: `Set spec.network.dns of TenantClass ${otherClass}`,
    make: async () => await client().create(classManifest(otherClass, { network: { dns: { peers: [{ namespace: 'openshift-dns', podLabels: { app: 'none' } }] } } })),
    undo: async () => await remove(classRef(otherClass))
  },
  'the name server does not run': {
    states: { 'dns-peers': 'warning' },
    message: 'DNS is allowed to k8s-app=kube-dns in kube-system',
    remedy: 'spec.network.dns',
    make: async () => await removePod(refOf(nameServer)),
    undo: async () => await createRunning(nameServer)
  },
  'another Metacontroller runs': {
    states: { 'other-metacontroller': 'warning' },
    message: 'another Metacontroller runs: StatefulSet default/shared',
    remedy: 'metacontroller.install=false, metacontroller.serviceAccount.namespace=default and metacontroller.serviceAccount.name=default of the chart. Or use the included one: kubectl scale --namespace default statefulset/shared --replicas=0',
    ...created(shared)
  },
  'Metacontroller has the default limits': {
    states: { 'metacontroller-client-limits': 'warning' },
    message: 'Metacontroller may send 5 requests a second',
    remedy: '--client-go-qps=50',
    ...patched(refOf(metacontroller), () => containers({ args: ['--leader-election'] }))
  },
  'Metacontroller is old': {
    states: { 'metacontroller-version': 'failed' },
    message: 'Metacontroller 4.12.0 is older than 4.17.2',
    remedy: 'Upgrade it to 4.17.2 or later.',
    ...patched(refOf(metacontroller), () => containers({ image: 'registry.example.com/metacontroller:v4.12.0' }))
  },
  'Metacontroller has no leader election': {
    states: { 'metacontroller-leader-election': 'failed' },
    message: 'Deployment metacontroller/metacontroller has 2 replicas without --leader-election',
    remedy: 'Give it the argument --leader-election, or one replica.',
    ...patched(refOf(metacontroller), () => containers({ args: ['--client-go-qps=50'] }))
  },
  'no leader renews the lease': {
    states: { 'metacontroller-leader-election': 'failed' },
    message: 'Lease metacontroller/metacontroller has expired, last renewed 2026-01-01',
    remedy: 'kubectl --namespace metacontroller logs deployment/metacontroller',
    ...patched(refOf(lease), () => ({ spec: { renewTime: '2026-01-01T00:00:00.000000Z' } }))
  }
}

const former: KubeObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'former-metacontroller' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'k8s-mtp-engine' },
  subjects: [{ kind: 'ServiceAccount', name: 'metacontroller', namespace: 'former' }]
}
faults['another account has the permissions of Metacontroller'] = {
  states: { 'former-metacontroller-permissions': 'warning' },
  message: 'others have the permissions of Metacontroller, and no guardrail restricts them: ServiceAccount former/metacontroller',
  remedy: 'kubectl delete clusterrolebinding former-metacontroller. See',
  ...created(former)
}

const faultsOfDefaults: Record<string, Fault> = {
  'a policy of defaults is changed': {
    states: { 'pod-defaults': 'failed' },
    message: 'policies of defaults changed: k8s-mtp-pod-defaults in spec.failurePolicy',
    remedy: 'k8s-mtp defaults | kubectl apply',
    ...patched(admission('MutatingAdmissionPolicy', 'k8s-mtp-pod-defaults'), () => ({ spec: { failurePolicy: 'Fail' } }))
  },
  'a policy of defaults is deleted': {
    states: { 'pod-defaults': 'warning' },
    message: 'policies of defaults missing: k8s-mtp-default-token',
    remedy: 'k8s-mtp defaults | kubectl apply',
    make: async () => await breakGlass().delete(admission('MutatingAdmissionPolicy', 'k8s-mtp-default-token')),
    undo: async () => await restore('defaults', admission('MutatingAdmissionPolicy', 'k8s-mtp-default-token'))
  }
}

interface Version { schema: { openAPIV3Schema: object } }
function versionsOf (object: KubeObject): Version[] {
  return (object as KubeObject & { spec: { versions: Version[] } }).spec.versions
}

/** The container of Metacontroller with other fields. */
function containers (change: object): object {
  const { spec } = metacontroller as KubeObject & { spec: { template: { spec: { containers: object[] } } } }
  return { spec: { template: { spec: { containers: spec.template.spec.containers.map(container => ({ ...container, ...change })) } } } }
}

describe('exactly one thing is found if', () => {
  it.each(Object.entries({ ...faults, ...faultsOfDefaults }))('%s', async (name, { make, undo, states, message, remedy }) => {
    if (name in faultsOfDefaults && !servesMutating()) return
    try {
      await make()
      const isFailed = Object.values(states).includes('failed')
      await eventually(async () => {
        const { code, stderr, checks } = await check()
        expect(changes(checks)).toEqual(states)
        const found = checks.find(({ id }) => id === Object.keys(states)[0])
        expect(found).toMatchObject({ message: expect.stringContaining(message) as string, remedy: expect.stringContaining(remedy) as string })
        expect({ code, stderr }).toEqual({ code: isFailed ? 1 : 0, stderr: isFailed ? `error: 1 check failed: ${Object.keys(states)[0] ?? ''}.\n` : '' })
      }, { timeout: 20_000, interval: 500 })
    } finally {
      await undo()
    }
  })

  it('nothing, once all of that is restored', async () => {
    await eventually(async () => expect(changes(await findingsNow())).toEqual({}), { timeout: 20_000, interval: 500 })
  })

  it('nothing, for another Metacontroller that leaves Tenants to this one', async () => {
    const { make, undo } = created({ ...shared, spec: { ...shared['spec'] as object, template: { metadata: { labels: { app: 'shared' } }, spec: { containers: [{ name: 'main', image: 'metacontroller:v4.12.0', args: ['--target-label-selector=app.kubernetes.io/name!=k8s-mtp'] }] } } } })
    try {
      await make()
      expect(changes(await findingsNow())).toEqual({})
    } finally {
      await undo()
    }
  })

  it('the caller has no permissions: what cannot be read is skipped, with the reason', async () => {
    const { code, stderr, checks } = await check([], ['--as', 'ada', '--as-group', 'system:authenticated'])
    // Nothing is known, which must not look like success.
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^error: \d+ of \d+ checks skipped, since you may not read what they need\. Grant it, or run/) as string })
    expect(checks.filter(({ state }) => state !== 'skipped').map(({ id }) => id)).toEqual(['kubernetes-version', 'validating-admission-policies', 'mutating-admission-policies'])
    expect(checks.find(({ id }) => id === 'crds')).toEqual({
      id: 'crds',
      state: 'skipped',
      message: 'customresourcedefinitions.apiextensions.k8s.io is forbidden: User "ada" cannot list resource "customresourcedefinitions" in API group "apiextensions.k8s.io" at the cluster scope',
      remedy: 'Grant it, or run the command as a cluster admin.'
    })
  })
})

function changes (checks: Finding[]): Record<string, string> {
  return Object.fromEntries(Object.entries(statesOf(checks)).filter(([id, state]) => base[id] !== state))
}

describe('with the hook behind a Service', () => {
  const namespace = 'k8s-mtp-system'
  const labels = { app: 'k8s-mtp' }
  const hookPod = (version: string) => podOf('k8s-mtp-0', namespace, labels, `registry.example.com:5000/team/k8s-mtp:${version}`)
  const service: KubeObject = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'k8s-mtp', namespace }, spec: { selector: labels, ports: [{ port: 8080 }] } }
  /** As the controller of Kubernetes writes it, which does not run here. */
  const slice: KubeObject = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'k8s-mtp-1', namespace, labels: { 'kubernetes.io/service-name': 'k8s-mtp' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['192.0.2.9'], conditions: { ready: true } }]
  }
  const names = ['k8s-mtp', 'k8s-mtp-namespaces']
  const refs = names.map(name => ({ ...secondController, name }))
  const role: KubeObject = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'checker' },
    rules: checkRules.flatMap(({ rules }) => rules)
  }
  const roleBinding: KubeObject = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'checker' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'checker' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'checker' }]
  }
  const checker = ['--as', 'checker', '--as-group', 'system:authenticated']
  const hooks: unknown[] = []
  const hookFindings = async () => (await findingsNow(id => id.startsWith('hook-'))).map(({ state, message }) => `${state} ${message}`)
  const expectHook = async (endpoints: string, version: string) =>
    await eventually(async () => expect(await hookFindings()).toEqual([endpoints, version]), { timeout: 20_000, interval: 500 })

  beforeAll(async () => {
    for (const ref of refs) {
      const { spec } = await client().get(ref) as KubeObject & { spec: { hooks: unknown } }
      hooks.push(spec.hooks)
      const urls = Object.fromEntries(['sync', 'customize'].map(hook => [hook, { webhook: { url: `http://k8s-mtp.${namespace}.svc:8080/${hook}` } }]))
      await client().patch(ref, { spec: { hooks: urls } })
    }
    await client().apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, { fieldManager: 'test' })
    await client().create(role)
    await client().create(roleBinding)
  })
  afterAll(async () => {
    for (const [index, ref] of refs.entries()) await client().patch(ref, { spec: { hooks: hooks[index] } })
    await remove(refOf(roleBinding))
    await remove(refOf(role))
    await remove(refOf(slice))
    await remove(refOf(service))
    await removePod(refOf(hookPod('1'))).catch(() => {})
    await remove({ apiVersion: 'v1', kind: 'Namespace', name: namespace })
  })

  it('finds a missing Service, missing endpoints, and another version', async () => {
    await expectHook('failed Service k8s-mtp-system/k8s-mtp, which the CompositeControllers call, does not exist', 'skipped the hook has no pods')
    await client().create(service)
    await expectHook('failed Service k8s-mtp-system/k8s-mtp has no ready endpoint', 'skipped the hook has no pods')
    await client().create(slice)
    await createRunning(hookPod('v0.0.1'))
    await expectHook('ok Service k8s-mtp-system/k8s-mtp has 1 ready endpoint', `warning the hook has version 0.0.1, and this program ${packageVersion}`)
    await removePod(refOf(hookPod('v0.0.1')))
    await createRunning(hookPod(packageVersion))
    await expectHook('ok Service k8s-mtp-system/k8s-mtp has 1 ready endpoint', `ok hook ${packageVersion}`)
  })

  it('skips nothing with the permissions of checkRules', async () => {
    await eventually(async () => {
      const { code, checks } = await check([], checker)
      expect(checks.filter(({ id, state }) => state === 'skipped' && (id !== 'pod-defaults' || servesMutating()))).toEqual([])
      expect(code).toBe(0)
      expect(checks).toEqual((await check()).checks)
    }, { timeout: 20_000, interval: 500 })
  })

  const single = checkRules.flatMap(({ rules }) => rules).flatMap(rule => rule.resources.map(resource => ({ ...rule, resources: [resource] })))
  it.each(single.map(rule => [rule.resources[0] ?? '', rule] as const))('skips a check without the permission for %s', async (resource, rule) => {
    if (resource.startsWith('mutating') && !servesMutating()) return
    try {
      await client().patch(refOf(role), { rules: single.filter(other => other !== rule) })
      // One check asks for a hundred permissions, and needs this one for it.
      const isWanted = (id: string): boolean => id !== 'metacontroller-permissions' || resource === 'subjectaccessreviews'
      await eventually(async () => {
        const skipped = (await findingsNow(isWanted, checker)).filter(({ state, message }) => state === 'skipped' && message.includes(resource))
        expect(skipped).not.toEqual([])
      }, { timeout: 20_000, interval: 500 })
    } finally {
      await client().patch(refOf(role), { rules: role['rules'] })
    }
  })
})
