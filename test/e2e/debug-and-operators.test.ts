import type { Container, EphemeralContainer, PodSpec, ResourceRequirements } from 'kubernetes-types/core/v1.js'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { ApiError } from '../cluster/api-error.ts'
import type { KubeClient, PatchOptions } from '../cluster/client.ts'
import { fillsInDefaults } from '../cluster/install.ts'
import { refOf, type KubeObject, type ObjectRef } from '../cluster/kube-object.ts'
import { standardClass } from '../support/objects.ts'
import { classManifest, classRef } from './classes.ts'
import { as, breakGlass, client, eventually } from './context.ts'
import { pod, restricted } from './guarded-tenant.ts'
import { remove, removeTenant, tenantManifest, uniqueName, waitForReady } from './tenants.ts'

type Pod = KubeObject & { spec: PodSpec, status: object }

const name = uniqueName('ops')
const namespace = `tenant-${name}-shop`
const [admin, operator, viewer] = ['admin', 'operator', 'viewer'].map(role => as(`${role}@${name}.example`)) as [KubeClient, KubeClient, KubeClient]
const members = { 'an admin': admin, 'an operator': operator }
const dryRun = { dryRun: true }
const denied = (message: string) => ({ code: 403, message: expect.stringContaining(message) as string })
const isFilledIn = await fillsInDefaults(client())

/** As in `kubectl debug --profile=restricted`. */
const debug: EphemeralContainer = { ...restricted.container, name: 'debug', image: 'registry.example.com/debug:1', imagePullPolicy: 'Always' }

let running: ObjectRef
const created = async (spec: object = {}, container: object = {}, podName = uniqueName('pod')): Promise<ObjectRef> => {
  const ref = refOf(await admin.create(pod(namespace, spec, { image: 'registry.example.com/app:1', imagePullPolicy: 'Always', ...container }, podName)))
  onTestFinished(async () => { await breakGlass().delete(ref, { gracePeriodSeconds: 0 }).catch(() => {}) })
  return ref
}
/** On a node, with this status. */
async function started (podName: string, metadata: object = {}): Promise<ObjectRef> {
  const object = pod(namespace, { nodeName: 'n1' }, { image: 'registry.example.com/app:1' }, podName)
  const ref = refOf(await breakGlass().create({ ...object, metadata: { ...object.metadata, ...metadata } }))
  const conditions = [{ type: 'Ready', status: 'True' }]
  await as('system:node:n1', ['system:nodes', 'system:masters']).patch(ref, { status: { phase: 'Running', conditions } }, { subresource: 'status' })
  return ref
}

beforeAll(async () => {
  const { spec } = standardClass(spec => {
    spec.workloads.imageRegistries = ['registry.example.com']
    Object.assign(spec.workloads.pods, { imagePullPolicies: ['Always'], maxContainers: 4, maxTerminationGracePeriodSeconds: 300 })
  })
  await breakGlass().create(classManifest(name, spec))
  const user = (role: string) => [{ kind: 'User', name: `${role}@${name}.example` }]
  await client().create(tenantManifest(name, { className: name, admins: user('admin'), operators: user('operator'), viewers: user('viewer') }))
  await waitForReady({ name })
  await eventually(async () => {
    await admin.create(pod(namespace, {}, { image: 'registry.example.com/app:1', imagePullPolicy: 'Always' }), dryRun)
    await expect(admin.create(pod(namespace, {}, { image: 'evil.example.com/app' }), dryRun)).rejects.toThrow('does not allow the image')
  })
  running = refOf(await admin.create(pod(namespace, {}, { image: 'registry.example.com/app:1', imagePullPolicy: 'Always' }, 'running')))
}, 120_000)
afterAll(async () => {
  await breakGlass().delete(running, { gracePeriodSeconds: 0 })
  await removeTenant(name)
  await remove(classRef(name))
})

/** Every verb and patch type that changes a pod through a subresource. */
type Change = (who: KubeClient, subresource: string, ref: ObjectRef, change: (pod: Pod) => object) => Promise<unknown>
const merged = (object: Pod, change: object): Pod => Object.entries(change).reduce((all, [field, value]) =>
  ({ ...all, [field]: { ...all[field as keyof Pod] as object, ...value as object } }), object)
const patching = (type: PatchOptions['type']): Change => async (who, subresource, ref, change) =>
  who.patch(ref, change(await client().get(ref) as Pod), { ...dryRun, type: type ?? 'merge', subresource })
const ways: Record<string, Change> = {
  'a merge patch': patching('merge'),
  'a strategic merge patch': patching('strategic'),
  'a JSON patch': async (who, subresource, ref, change) => who.patch(ref, Object.entries(change(await client().get(ref) as Pod)).flatMap(([field, values]) =>
    Object.entries(values as object).map(([key, value]) => ({ op: 'add', path: `/${field}/${key}`, value: value as unknown }))), { ...dryRun, type: 'json', subresource }),
  'a server-side apply': async (who, subresource, ref, change) => {
    const { metadata = {}, ...rest } = change(await client().get(ref) as Pod) as { metadata?: object }
    return who.patch(ref, { apiVersion: 'v1', kind: 'Pod', metadata: { name: ref.name, ...metadata }, ...rest }, { ...dryRun, type: 'apply', fieldManager: 'mallory', force: true, subresource })
  },
  'an update': async (who, subresource, { name: podName }, change) => {
    const object = await client().get({ ...running, name: podName }) as Pod
    return who.request('PUT', `/api/v1/namespaces/${namespace}/pods/${podName}/${subresource}?dryRun=All`, merged(object, change(object)))
  }
}

const ephemeral = (...containers: EphemeralContainer[]) => () => ({ spec: { ephemeralContainers: containers } })
const resized = (resources: ResourceRequirements) => ({ spec }: Pod) => ({ spec: { containers: spec.containers.map(each => ({ ...each, resources })) } })
const small: ResourceRequirements = { requests: { cpu: '60m', memory: '64Mi' }, limits: { cpu: '100m', memory: '128Mi' } }

/** What else a request may carry. None of it is the business of these subresources. */
const smuggled: Record<string, (pod: Pod) => object> = {
  labels: () => ({ metadata: { labels: { app: 'other' } } }),
  annotations: () => ({ metadata: { annotations: { 'example.com/x': 'y' } } }),
  finalizers: () => ({ metadata: { finalizers: ['example.com/keep'] } }),
  ownerReferences: () => ({ metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'x' }] } }),
  'a phase': () => ({ status: { phase: 'Succeeded' } }),
  'an address': () => ({ status: { podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }] } }),
  'allocated resources': () => ({ status: { containerStatuses: [{ name: 'app', image: 'x', imageID: 'x', ready: true, restartCount: 0, resources: {} }] } }),
  'another image': ({ spec }) => ({ spec: { containers: spec.containers.map((each): Container => ({ ...each, image: 'evil.example.com/app' })) } }),
  'a node': () => ({ spec: { nodeName: 'n1' } }),
  'a deadline': () => ({ spec: { activeDeadlineSeconds: 1 } }),
  'a time to end': () => ({ spec: { terminationGracePeriodSeconds: 200 } }),
  'a toleration': ({ spec }) => ({ spec: { tolerations: [...spec.tolerations ?? [], { operator: 'Exists' }] } }),
  'another ServiceAccount': () => ({ spec: { serviceAccountName: 'other' } }),
  'host namespaces': () => ({ spec: { hostPID: true, hostNetwork: true } })
}

/** Without what the subresource is for, and the record of who wrote what. */
function rest ({ metadata: { managedFields: _, generation: __, ...metadata }, spec: { ephemeralContainers: ___, containers, ...spec }, status }: Pod): object {
  return { metadata, status, spec: { ...spec, containers: containers.map(({ resources: ____, resizePolicy: _____, ...container }) => container) } }
}

describe.each(['ephemeralcontainers', 'resize'])('pods/%s', subresource => {
  test.each(Object.keys(smuggled))('does not change %s, by any verb and patch type', async what => {
    const before = rest(await client().get(running) as Pod)
    for (const [who, person] of [...Object.entries(members), ['a cluster administrator', client()] as const]) {
      for (const [way, change] of Object.entries(ways)) {
        const result = await change(person, subresource, running, smuggled[what] ?? expect.unreachable()).catch((error: unknown) => error)
        if (result instanceof ApiError) expect([403, 422, 409], `${who} by ${way}: ${result.message}`).toContain(result.code)
        else expect(rest(result as Pod), `${who} by ${way}`).toEqual(before)
      }
    }
  })
})

describe('an ephemeral container', () => {
  test.each(Object.keys(ways))('is added by admins and operators by %s, and by no viewer', async way => {
    const change = ways[way] ?? expect.unreachable()
    for (const [who, person] of Object.entries(members)) {
      expect(await change(person, 'ephemeralcontainers', running, ephemeral(debug)), who).toHaveProperty('spec.ephemeralContainers.0.name', 'debug')
    }
    await expect(change(viewer, 'ephemeralcontainers', running, ephemeral(debug))).rejects.toMatchObject(denied('pods/ephemeralcontainers'))
  })

  const secured = (security: object, rest: object = {}) => ({ ...debug, ...rest, securityContext: { ...debug.securityContext, ...security } })
  test.each<[string, EphemeralContainer[], number, string]>([
    ['an image of an unlisted registry', [{ ...debug, image: 'evil.example.com/debug' }], 403, 'does not allow the image evil.example.com/debug'],
    ['another imagePullPolicy', [{ ...debug, imagePullPolicy: 'Never' }], 403, 'does not allow imagePullPolicy Never'],
    ['another imagePullPolicy of an image that the pod has', [{ ...debug, image: 'registry.example.com/app:1', imagePullPolicy: 'Never' }], 403, 'does not allow imagePullPolicy Never'],
    ['more containers than allowed', ['a', 'b', 'c', 'd'].map(name => ({ ...debug, name })), 403, 'does not allow 5 containers and image volumes in a pod'],
    ['a privileged one', [secured({ privileged: true, allowPrivilegeEscalation: true })], 403, 'violates PodSecurity "restricted:latest": privileged'],
    ['privilege escalation', [secured({ allowPrivilegeEscalation: true })], 403, 'allowPrivilegeEscalation != false'],
    ['capabilities', [secured({ capabilities: { drop: ['ALL'], add: ['SYS_PTRACE'] } })], 403, 'unrestricted capabilities'],
    ['root', [secured({ runAsUser: 0 })], 403, 'runAsUser=0'],
    ['a user that may be root', [secured({ runAsNonRoot: false })], 403, 'runAsNonRoot != true'],
    ['no seccomp profile', [secured({ seccompProfile: { type: 'Unconfined' } })], 403, 'seccompProfile'],
    ['an unmasked /proc', [secured({ procMount: 'Unmasked' })], 422, 'procMount'],
    ['resources of its own', [{ ...debug, resources: { limits: { cpu: '100' } } }], 422, 'cannot be set for an Ephemeral Container'],
    ['ports', [{ ...debug, ports: [{ containerPort: 80, hostPort: 80 }] }], 422, 'cannot be set for an Ephemeral Container'],
    ['a device', [{ ...debug, volumeDevices: [{ name: 'a', devicePath: '/dev/a' }] }], 422, 'volumeDevices'],
    ['a volume that the pod does not have', [{ ...debug, volumeMounts: [{ name: 'host', mountPath: '/host' }] }], 422, 'Not found: "host"']
  ])('with %s is refused, by any verb and patch type', async (_, containers, code, message) => {
    for (const [who, person] of [...Object.entries(members), ['a cluster administrator', client()] as const]) {
      for (const [way, change] of Object.entries(ways)) {
        await expect(change(person, 'ephemeralcontainers', running, ephemeral(...containers)), `${who} by ${way}`)
          .rejects.toMatchObject({ code, message: expect.stringContaining(message) as string })
      }
    }
  })

  test('stays as it was added', async () => {
    const ref = await created()
    await admin.patch(ref, ephemeral(debug)(), { type: 'strategic', subresource: 'ephemeralcontainers' })
    for (const change of [ephemeral({ ...debug, command: ['sh'] }), ephemeral()]) {
      await expect(ways['an update']?.(admin, 'ephemeralcontainers', ref, change)).rejects.toMatchObject({ code: 422, message: expect.stringMatching(/may not be (changed|removed)/) as string })
    }
  })

  test.runIf(isFilledIn)('gets what Pod Security requires and it leaves out', async () => {
    const { securityContext: _, ...bare } = debug
    for (const [way, change] of Object.entries(ways)) {
      expect(await change(operator, 'ephemeralcontainers', running, ephemeral(bare)), way).toMatchObject({
        spec: { ephemeralContainers: [{ name: 'debug', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }] }
      })
    }
  })

  test('is not added to pods of the platform by its name', async () => {
    const path = '/api/v1/namespaces/kube-system/pods/any/ephemeralcontainers?dryRun=All'
    await expect(admin.request('PUT', path, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'any', namespace: 'kube-system' }, spec: {} })).rejects.toMatchObject(denied('cannot update resource "pods/ephemeralcontainers"'))
  })
})

describe('a resize', () => {
  test.each(Object.keys(ways))('is made by admins and operators by %s, and by no viewer', async way => {
    const change = ways[way] ?? expect.unreachable()
    for (const [who, person] of Object.entries(members)) {
      const { spec } = await change(person, 'resize', running, resized(small)) as Pod
      expect(spec.containers[0]?.resources, who).toMatchObject({ limits: { ...small.limits } })
    }
    await expect(change(viewer, 'resize', running, resized(small))).rejects.toMatchObject(denied('pods/resize'))
  })

  test.each<[string, ResourceRequirements, RegExp]>([
    ['beyond the maximum of a container', { requests: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '128Mi' }, limits: { cpu: '3', memory: '4Gi', 'ephemeral-storage': '4Gi' } }, /maximum cpu usage per Container is 2, but limit is 3/],
    ['to more memory than the maximum', { requests: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '128Mi' }, limits: { cpu: '2', memory: '5Gi', 'ephemeral-storage': '4Gi' } }, /maximum memory usage per Container is 4Gi, but limit is 5Gi/],
    ['without a limit', { requests: { cpu: '50m', memory: '64Mi' }, limits: {} }, /maximum cpu usage|cannot be removed|must specify|may not be removed/],
    ['to other devices', { limits: { cpu: '2', memory: '4Gi', 'ephemeral-storage': '4Gi', 'nvidia.com/gpu': '1' }, requests: { 'nvidia.com/gpu': '1' } }, /only cpu and memory|exceeded quota/],
    ['to more ephemeral storage', { requests: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '1Gi' }, limits: { cpu: '2', memory: '4Gi', 'ephemeral-storage': '3Gi' } }, /only cpu and memory/]
  ])('%s is refused, by any verb and patch type', async (_, resources, message) => {
    for (const [who, person] of [...Object.entries(members), ['a cluster administrator', client()] as const]) {
      for (const [way, change] of Object.entries(ways)) {
        const result = await change(person, 'resize', running, resized(resources)).catch((error: unknown) => error)
        if (result instanceof ApiError) expect(result.message, `${who} by ${way}`).toMatch(message)
        // A merge keeps the limit that the patch leaves out.
        else expect((result as Pod).spec.containers[0]?.resources?.limits, `${who} by ${way}`).toEqual({ cpu: '2', memory: '4Gi', 'ephemeral-storage': '4Gi' })
      }
    }
  })

  test('counts in the quota, and is refused beyond it', async () => {
    const large = { requests: { cpu: '2' }, limits: { cpu: '2' } }
    await Promise.all([1, 2, 3].map(async () => created({}, { resources: large })))
    const last = await created({}, { resources: { requests: { cpu: '1' }, limits: { cpu: '1' } } })
    const resize = async (cpu: string) => operator.patch(last, { spec: { containers: [{ name: 'app', resources: { requests: { cpu }, limits: { cpu } } }] } }, { type: 'strategic', subresource: 'resize' })
    await resize('1500m')
    await eventually(async () => {
      await expect(resize('2')).rejects.toMatchObject(denied('exceeded quota: tenant-quota, requested: cpu=500m'))
    })
  })

  test('of a whole pod counts in the quota too', async () => {
    const resources = (cpu: string) => ({ requests: { cpu }, limits: { cpu, memory: '1Gi' } })
    const ref = await created({ resources: resources('1') }, { resources: { limits: { cpu: '500m', memory: '512Mi' } } })
    const resize = async (cpu: string) => operator.patch(ref, { spec: { resources: resources(cpu) } }, { ...dryRun, subresource: 'resize' })
    const before = (await client().get(ref) as Pod).spec
    const result = await resize('100').catch((error: unknown) => error)
    // Kubernetes 1.35 ignores or forbids it.
    if (result instanceof ApiError) expect(result.message).toMatch(/exceeded quota: tenant-quota|is invalid: .*Forbidden/s)
    else expect((result as Pod).spec).toEqual(before)
  })
})

describe('an eviction', () => {
  const evict = async (who: KubeClient, { name: podName }: ObjectRef, deleteOptions?: object, more: object = {}, query = '?dryRun=All') =>
    who.request('POST', `/api/v1/namespaces/${namespace}/pods/${podName}/eviction${query}`, {
      apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: podName, namespace }, ...(deleteOptions !== undefined && { deleteOptions }), ...more
    })

  test('is made by admins and operators, and by no viewer', async () => {
    for (const [who, person] of Object.entries(members)) await expect(evict(person, running), who).resolves.toBeDefined()
    await expect(evict(viewer, running)).rejects.toMatchObject(denied('cannot create resource "pods/eviction"'))
  })

  test('gives a pod no more time than the class allows', async () => {
    for (const [who, person] of [...Object.entries(members), ['a cluster administrator', client()] as const]) {
      for (const gracePeriodSeconds of [0, 60, 300]) await expect(evict(person, running, { gracePeriodSeconds }), who).resolves.toBeDefined()
      for (const more of [{}, { apiVersion: 'policy/v1beta1' }]) {
        await expect(evict(person, running, { gracePeriodSeconds: 301 }, more), who).rejects.toMatchObject(denied(
          'does not allow an eviction with gracePeriodSeconds 301: spec.workloads.pods.maxTerminationGracePeriodSeconds is 300. Evict the pod without gracePeriodSeconds, or change the TenantClass'))
      }
    }
  })

  test('does not prolong the end of a pod that ends, and leaves no trace of its metadata', async () => {
    const ref = await started('ending')
    await evict(admin, ref, { gracePeriodSeconds: 5 }, { metadata: { name: 'ending', namespace, labels: { a: 'b' }, finalizers: ['example.com/keep'], annotations: { a: 'b' } } }, '?gracePeriodSeconds=100000')
    const ends = async () => (await client().get(ref)).metadata
    const { deletionTimestamp, ...first } = await ends()
    expect(first).not.toHaveProperty('finalizers')
    expect(first).not.toHaveProperty('labels')
    await evict(admin, ref, { gracePeriodSeconds: 300 }, {}, '')
    expect(await ends()).toMatchObject({ deletionTimestamp, deletionGracePeriodSeconds: 5 })
    await breakGlass().delete(ref, { gracePeriodSeconds: 0 })
  })

  test('does not pass a PodDisruptionBudget', async () => {
    const ref = await started('guarded', { labels: { app: 'guarded' } })
    const budget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'guarded', namespace }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'guarded' } } } }
    const budgetRef = refOf(await admin.create(budget))
    onTestFinished(async () => {
      await remove(budgetRef)
      await breakGlass().delete(ref, { gracePeriodSeconds: 0 })
    })
    await eventually(async () => expect((await client().get(budgetRef)).status).toMatchObject({ expectedPods: 1, disruptionsAllowed: 0 }))
    for (const [who, person] of Object.entries(members)) {
      for (const options of [undefined, { gracePeriodSeconds: 0 }, { propagationPolicy: 'Orphan' }, { dryRun: ['All'] }]) {
        await expect(evict(person, ref, options), who).rejects.toMatchObject({ code: 429, message: expect.stringContaining("would violate the pod's disruption budget") as string })
      }
    }
    await expect(operator.patch(budgetRef, { status: { disruptionsAllowed: 1 } }, { subresource: 'status' })).rejects.toMatchObject(denied('poddisruptionbudgets/status'))
  })
})

test('admins and operators may attach to containers, viewers not', async () => {
  const path = `/api/v1/namespaces/${namespace}/pods/running/attach?container=app&stdin=true`
  for (const method of ['GET', 'POST'] as const) {
    for (const [who, person] of Object.entries(members)) {
      await expect(person.request(method, path), who).rejects.toMatchObject({ code: 400, message: expect.stringContaining('does not have a host assigned') as string })
    }
    await expect(viewer.request(method, path)).rejects.toMatchObject(denied('pods/attach'))
  }
})

test('members scale ReplicationControllers, and viewers read them', async () => {
  const labels = { app: 'old' }
  const object = { apiVersion: 'v1', kind: 'ReplicationController', metadata: { name: 'old', namespace }, spec: { replicas: 0, selector: labels, template: { metadata: { labels }, spec: { ...restricted.spec, containers: [restricted.container] } } } }
  const ref = refOf(await operator.create(object))
  onTestFinished(async () => { await remove(ref) })
  for (const person of Object.values(members)) await person.patch(ref, { spec: { replicas: 0 } }, { subresource: 'scale' })
  await expect(viewer.get(ref)).resolves.toBeDefined()
  await expect(viewer.patch(ref, { spec: { replicas: 1 } }, { subresource: 'scale' })).rejects.toMatchObject(denied('replicationcontrollers/scale'))
})
