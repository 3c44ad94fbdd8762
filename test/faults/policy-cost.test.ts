import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { labels } from '../../src/api/group.ts'
import { credentialId } from '../../src/guardrails/cel.ts'
import { ApiError, isNotFound } from '../cluster/api-error.ts'
import { readAuditWrites } from '../cluster/audit.ts'
import { resolveAllBinaries, type Binaries } from '../cluster/binaries.ts'
import { startControlPlane, type ControlPlane } from '../cluster/control-plane.ts'
import type { KubeClient } from '../cluster/client.ts'
import { createGuard, type Guard } from '../cluster/guard.ts'
import { installCrds } from '../cluster/install.ts'
import { refOf, type KubeObject } from '../cluster/kube-object.ts'
import { etcdRelease, kubernetesRelease } from '../cluster/releases.ts'
import { eventually } from '../e2e/context.ts'
import { failuresOf } from '../support/policy-copies.ts'
import { largeObjects, plainObjects, withLargeMetadata, type LargeObject } from './policy-cost/largest-objects.ts'
import { costly, exceededParts, policyNames, measuringPolicies, parts } from './policy-cost/measuring-policies.ts'

/** Guardrails themselves are not installed, so that they refuse nothing. */
let guard: Guard
let controlPlane: ControlPlane
const namespace = 'tenant-large-shop'
const names = (count: number, make: (index: number) => string) => Array.from({ length: count }, (_, index) => make(index))

/** The peer and the port that fit are at the end. */
const traffic = Array.from({ length: 16 }, (_, rule) => ({
  peers: [
    ...names(8, index => `namespace-${rule}-${index}`).map(namespace => ({ namespace, podLabels: { app: 'a' }, cidr: '', except: [] })),
    ...names(8, index => `10.${rule}.${index * 2}.0/23`).map(cidr => ({
      namespace: '', podLabels: {}, cidr, except: names(16, index => cidr.replace('0/23', `${index * 16}/28`))
    }))
  ],
  ports: Array.from({ length: 16 }, (_, index) => ({ protocol: 'TCP', port: 1000 + index, endPort: 1000 + index }))
}))

/** With lists as long as the schema of the WorkloadPolicy allows, and the entry that fits at the end. */
const workloadPolicy: KubeObject = {
  apiVersion: 'k8s-mtp.dev/v1',
  kind: 'WorkloadPolicy',
  metadata: { name: 'tenant-workloads', namespace },
  spec: {
    tenantName: 'large',
    className: 'large',
    cordoned: false,
    services: {
      types: ['ClusterIP'], externalIPs: names(32, index => `203.0.${index}.0/24`), allowChosenClusterIPs: false, allowNodePorts: false
    },
    endpoints: { addresses: names(32, index => `203.0.${index}.0/24`) },
    pods: {
      allowNodeName: false,
      tolerations: Array.from({ length: 32 }, (_, index) => ({ key: `example.com/key-${index}`, value: 'x', effect: '*' })),
      nodeSelector: Object.fromEntries(names(8, index => `example.com/key-${index}`).map(key => [key, 'x'])),
      runtimeClasses: names(32, index => `class-${index}`),
      schedulers: names(32, index => `scheduler-${index}`),
      csiDrivers: names(32, index => `driver-${index}`),
      imagePullPolicies: ['Always'],
      maxContainers: 100,
      maxTerminationGracePeriodSeconds: 3600,
      defaults: { podSecurity: true, userNamespaces: false, nodeSelector: {}, tolerations: [], runtimeClass: '', priorityClass: '' }
    },
    networkPolicies: {
      narrow: true,
      ingress: traffic,
      egress: traffic
    },
    hostNames: names(32, index => `*.a-team.of-a-department-${index}.example.com`),
    allowRoutesWithoutHostNames: false,
    gatewayClasses: names(32, index => `class-${index}`),
    volumeAttributesClasses: names(32, index => `class-${index}`),
    allowVolumeNames: false,
    deviceClasses: names(32, index => `class-${index}`),
    allowBlockingDisruptionBudgets: false,
    refusedAnnotations: Object.fromEntries(['services', 'ingresses', 'serviceAccounts', 'secrets']
      .map(field => [field, names(32, index => `annotations-${index}.controller.example.com/`)])),
    ingressClasses: names(32, index => `class-${index}`),
    storageClasses: names(32, index => `class-${index}`),
    priorityClasses: names(32, index => `class-${index}`),
    imageRegistries: [...names(31, index => `registry.example.com/a-team/of-a-department-${index}`), 'registry.example.com/a-team/of-a-department']
  }
}

/**
 * Only there: for a pod of 3,000 containers 1.35 takes more than the 34 s that a request may take to evaluate ten copies of all guardrails.
 * One of each takes 2.5 s at most.
 */
const isNewest = kubernetesRelease(process.env).version === kubernetesRelease({}).version

beforeAll(async () => {
  if (!isNewest) return
  guard = createGuard()
  const binaries: Binaries = Object.assign({}, ...await resolveAllBinaries([etcdRelease(process.env), kubernetesRelease(process.env)], { env: process.env, log: () => {} }))
  controlPlane = await startControlPlane({ guard, binaries, install: installCrds })
  const { client } = controlPlane
  for (const policy of measuringPolicies()) await client.create(policy)
  const tenantLabels = { [labels.tenant]: 'large', [labels.class]: 'large' }
  const annotations = { 'k8s-mtp.dev/self-service': 'permissions,networkPolicies' }
  await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: tenantLabels, annotations } })
  await client.create(workloadPolicy)
  await eventually(async () => {
    await client.get({ apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace })
    // A variable or a rule that does not compile would be ignored.
    const policies = await client.list({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy' })
    for (const { metadata, status } of policies.items) expect(status, metadata.name).toMatchObject({ observedGeneration: 1 })
  })
  await sleep(2_000)
})
afterAll(async () => {
  await controlPlane?.stop()
  await guard?.close()
})

/** Which part of the limit each guardrail exceeded in a request. */
async function costOf (request: () => Promise<unknown>): Promise<{ exceeded: Map<string, number>, isRefused: boolean }> {
  const start = Date.now()
  await request()
  // The API server logs an event just after it responds.
  await sleep(100)
  const failures = readAuditWrites(controlPlane.auditLog, start).flatMap(failuresOf)
  const exceeded = exceededParts(failures)
  return { exceeded, isRefused: failures.some(({ policy }) => ![...exceeded.keys()].some(name => policy.endsWith(name))) }
}

/** By guardrail, the request that cost it most. */
const costs = new Map<string, { part: number, request: string }>()

async function measure (name: string, request: () => Promise<unknown>): Promise<{ isRefused: boolean }> {
  const { exceeded, isRefused } = await costOf(request)
  for (const [guardrail, part] of exceeded) {
    if (part < (costs.get(guardrail)?.part ?? Infinity)) costs.set(guardrail, { part, request: name })
  }
  return { isRefused }
}

/** With copies of all guardrails, a busy machine may take longer than the API server lets a request take. */
async function unlessTimeout (request: () => Promise<unknown>): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request()
    } catch (error) {
      if (attempt === 3 || !(error instanceof ApiError && error.code === 504)) throw error
    }
  }
}

/** The admin, or a user that guardrails exempt or bound by name, with a credential of its own. */
function writer (user?: string): KubeClient {
  const { client } = controlPlane
  return user === undefined ? client : client.as(user, ['system:masters', 'system:authenticated'], { [credentialId]: 'JTI=test' })
}

async function measureLife ({ name, object, updates, isCreatedByOthers = false }: LargeObject): Promise<void> {
  const { client } = controlPlane
  const ref = refOf(object)
  const { isRefused } = await measure(`create ${name}`, async () => client.create(object))
  const created = await client.get(ref)
  for (const [what, { change, subresource, user }] of Object.entries(isRefused && !isCreatedByOthers ? {} : updates)) {
    const patch = typeof change === 'function' ? change(created) : change
    await measure(`change ${what} of ${name}`, async () => await unlessTimeout(async () =>
      writer(user).patch(ref, patch, { dryRun: true, ...(subresource !== undefined && { subresource }) })))
  }
  // The garbage collector may have deleted an object whose owners do not exist.
  await client.patch(ref, { metadata: { finalizers: null } }).catch(isNotFound)
  await client.delete(ref, { gracePeriodSeconds: 0, propagationPolicy: 'Background' }).catch(isNotFound)
  // Without the object in the message of each failed try.
  await eventually(async () => expect(await client.find(ref) === undefined).toBe(true))
}

test.runIf(isNewest)('no request of a tenant costs a guardrail a tenth of the limit of the API server', async () => {
  for (const large of [...largeObjects(namespace), ...withLargeMetadata(plainObjects(namespace))]) await measureLife(large)
  console.log(policyNames.map(name => {
    const { part, request } = costs.get(name) ?? {}
    return part === undefined ? `${name}: less than 1/${Math.max(...parts)} of the limit` : `${name}: more than 1/${part} of the limit, to ${request}`
  }).join('\n'))
  expect([...costs].filter(([, { part }]) => part <= 10).map(([guardrail]) => guardrail)).toEqual([costly.name])
}, 600_000)
