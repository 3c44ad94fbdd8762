import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { KubeClient } from '../cluster/client.ts'
import { fillsInDefaults } from '../cluster/install.ts'
import { refOf, type KubeObject } from '../cluster/kube-object.ts'
import { defaultClass } from '../support/objects.ts'
import { classManifest, classRef } from './classes.ts'
import { as, asExempt, breakGlass, client, eventually } from './context.ts'
import { restricted } from './guarded-tenant.ts'
import { templateKinds, templateOf } from './templates.ts'
import { removeTenant, remove, tenantManifest, uniqueName, waitForReady } from './tenants.ts'

interface Spec {
  [field: string]: unknown
  containers: Array<Record<string, unknown>>
}
type Pod = KubeObject & { spec: Spec }

const [high, low] = [uniqueName('high'), uniqueName('low')]
const classes: KubeObject[] = [high, low].flatMap(name => [
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value: name === high ? 1000 : -10 },
  {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name },
    handler: 'any',
    overhead: { podFixed: { cpu: '10m' } },
    scheduling: { nodeSelector: { runtime: name } }
  }
])

const placement = {
  nodeSelector: { pool: 'shared', 'example.com/zone': 'a' },
  tolerations: [{ key: 'pool', value: 'shared', effect: 'NoSchedule' }, { key: 'any-value' }, { key: '*', effect: 'PreferNoSchedule' }],
  runtimeClasses: [high, low]
}
const off = { podSecurity: false, nodeSelector: false }

/** Tenants by the defaults of their classes. */
const tenants = {
  filled: { pods: {} },
  placed: { pods: { ...placement, defaults: { tolerations: true, runtimeClass: high, priorityClass: high } } },
  users: { pods: { defaults: { userNamespaces: true } } },
  off: { pods: { ...placement, nodeSelector: {}, defaults: off } },
  baseline: { pods: {}, enforce: 'baseline' as const }
}
type Name = keyof typeof tenants
const suffix = uniqueName('fill')
const namespaceOf = (name: Name) => `tenant-${name}-${suffix}-shop`
const admin = as('ada@acme.example')

async function create (name: Name): Promise<void> {
  const { pods, ...rest } = tenants[name]
  const className = `${name}-${suffix}`
  const { spec } = defaultClass(spec => {
    Object.assign(spec.workloads, { pods, priorityClasses: [high, low] })
    if ('enforce' in rest) spec.podSecurity.enforce = rest.enforce
  })
  await breakGlass().create(classManifest(className, spec))
  await client().create(tenantManifest(className, { className, admins: [{ kind: 'User', name: 'ada@acme.example' }] }))
  await waitForReady({ name: className })
  await eventually(async () => {
    await client().get({ apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace: namespaceOf(name) })
    const policy = await client().get({
      apiVersion: 'k8s-mtp.dev/v1', kind: 'WorkloadPolicy', name: 'tenant-workloads', namespace: namespaceOf(name)
    })
    expect(policy).toHaveProperty('spec.className', className)
    await client().create(compliant(name), { dryRun: true })
  })
}

const bare = (name: Name, spec: object = {}, container: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'app', namespace: namespaceOf(name) },
  spec: { containers: [{ name: 'app', image: 'registry.example.com/team/app:1', ...container }], ...spec }
})
const compliant = (name: Name, spec: object = {}) =>
  bare(name, { ...restricted.spec, ...(name === 'placed' && { nodeSelector: placement.nodeSelector }), ...spec }, restricted.container)

const created = async (pod: KubeObject, who: KubeClient = admin) => await who.create(pod, { dryRun: true }) as Pod

const isFilledIn = await fillsInDefaults(client())
beforeAll(async () => {
  for (const each of classes) await client().create(each)
  await Promise.all(Object.keys(tenants).map(async name => await create(name as Name)))
}, 120_000)
afterAll(async () => {
  for (const name of Object.keys(tenants)) {
    await removeTenant(`${name}-${suffix}`)
    await remove(classRef(`${name}-${suffix}`))
  }
  for (const each of classes) await remove(refOf(each))
})

describe.skipIf(isFilledIn)('before Kubernetes 1.36', () => {
  test('pods have to set what Pod Security requires', async () => {
    await expect(created(bare('filled'))).rejects.toThrow('violates PodSecurity "restricted:latest"')
    await expect(created(compliant('filled'))).resolves.toBeDefined()
  })
})

describe.runIf(isFilledIn)('pod security', () => {
  test('is filled in for all containers', async () => {
    const { spec } = await created(bare('filled', { initContainers: [{ name: 'init', image: 'registry.example.com/team/app:1' }] }))
    expect(spec).toMatchObject({ securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } })
    for (const list of ['containers', 'initContainers']) {
      expect(spec[list]).toMatchObject([{ securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }])
    }
    expect(spec).not.toHaveProperty('hostUsers')
  })

  test('keeps what a pod sets', async () => {
    const { spec } = await created(bare('filled', {
      securityContext: { fsGroup: 2000, seccompProfile: { type: 'Localhost', localhostProfile: 'own.json' } },
      containers: [
        { name: 'a', image: 'app:1', securityContext: { readOnlyRootFilesystem: true, capabilities: { add: ['NET_BIND_SERVICE'] } } },
        { name: 'b', image: 'app:1', securityContext: { runAsUser: 1000, capabilities: { drop: ['ALL', 'KILL'] } } },
        { name: 'c', image: 'app:1', securityContext: {} }
      ]
    }))
    expect(spec.securityContext).toEqual({
      fsGroup: 2000, runAsNonRoot: true, seccompProfile: { type: 'Localhost', localhostProfile: 'own.json' }
    })
    expect(spec.containers.map(({ securityContext }) => securityContext)).toEqual([
      {
        readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] }
      },
      { runAsUser: 1000, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL', 'KILL'] } },
      { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }
    ])
  })

  test('leaves a pod that sets it all unchanged', async () => {
    const { spec } = await created(compliant('filled'))
    expect(spec.securityContext).toEqual(restricted.spec.securityContext)
    expect(spec.containers[0]?.['securityContext']).toEqual(restricted.container.securityContext)
  })

  test.each([
    ['privileged', {}, { securityContext: { privileged: true } }, 'privileged (container "app" must not set'],
    ['SYS_ADMIN', {}, { securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }, 'unrestricted capabilities'],
    ['CAP_SYS_ADMIN', {}, { securityContext: { capabilities: { add: ['CAP_SYS_ADMIN'] } } }, 'unrestricted capabilities'],
    ['root by the pod', { securityContext: { runAsUser: 0 } }, {}, 'runAsUser=0'],
    ['root by the container', {}, { securityContext: { runAsUser: 0 } }, 'runAsUser=0'],
    ['runAsNonRoot: false', { securityContext: { runAsNonRoot: false } }, {}, 'runAsNonRoot != true'],
    ['escalation', {}, { securityContext: { allowPrivilegeEscalation: true } }, 'allowPrivilegeEscalation != false'],
    ['dropped capabilities without ALL', {}, { securityContext: { capabilities: { drop: ['KILL'] } } }, 'unrestricted capabilities'],
    ['unconfined seccomp', { securityContext: { seccompProfile: { type: 'Unconfined' } } }, {}, 'seccompProfile'],
    ['the network of the host', { hostNetwork: true }, {}, 'host namespaces'],
    ['a host path', { volumes: [{ name: 'a', hostPath: { path: '/' } }] }, {}, 'hostPath']
  ])('does not cure %s: the message of Pod Security is the one seen', async (_, spec, container, message) => {
    const refusal = { code: 403, message: expect.stringContaining(message) as string }
    await expect(created(bare('filled', spec, container))).rejects.toMatchObject(refusal)
    // Root of a user namespace is allowed.
    if (!message.startsWith('runAs')) await expect(created(bare('users', spec, container))).rejects.toMatchObject(refusal)
  })

  test('leaves pods of Windows as they are', async () => {
    const { spec } = await created(bare('filled', { os: { name: 'windows' }, securityContext: { runAsNonRoot: true } }))
    expect(spec.securityContext).toEqual({ runAsNonRoot: true })
    expect(spec.containers[0]).not.toHaveProperty('securityContext')
  })

  test('uses user namespaces instead of runAsNonRoot where the class says so', async () => {
    const { spec } = await created(bare('users'))
    expect(spec).toMatchObject({ hostUsers: false, securityContext: { seccompProfile: { type: 'RuntimeDefault' } } })
    expect(spec.securityContext).not.toHaveProperty('runAsNonRoot')
    const root = await created(bare('users', {}, { securityContext: { runAsUser: 0 } }))
    expect(root.spec).toHaveProperty('hostUsers', false)
    expect((await created(compliant('users'))).spec).not.toHaveProperty('hostUsers')
    await expect(created(bare('users', { hostUsers: true }))).rejects.toThrow('runAsNonRoot != true')
  })

  test('is not filled in where the class switches it off, or enforces another standard', async () => {
    await expect(created(bare('off'))).rejects.toThrow('violates PodSecurity')
    const { spec } = await created(bare('baseline', {}, { securityContext: { runAsUser: 0 } }))
    expect(spec.securityContext).toEqual({})
    expect(spec.containers[0]).toHaveProperty('securityContext', { runAsUser: 0 })
  })

  test('is filled in for a pod of a Deployment, whose author is not warned', async () => {
    const warnings: string[] = []
    const deployment = templateOf(bare('filled'), 'Deployment')
    const ref = refOf(await admin.listening(text => warnings.push(text)).create(deployment))
    onTestFinished(async () => { await remove(ref) })
    await eventually(async () => {
      const { items } = await client().list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: namespaceOf('filled'), labelSelector: 'app=app' })
      expect(items).toMatchObject([{ spec: { securityContext: { runAsNonRoot: true } } }])
    })
    expect(warnings).toEqual([])
    expect((await client().get(ref) as unknown as { spec: { template: Pod } }).spec.template.spec.securityContext).toEqual({})
  })

  test.each([
    ['hostNetwork', { hostNetwork: true }, {}],
    ['volumes other than', { volumes: [{ name: 'a', hostPath: { path: '/' } }] }, {}],
    ['hostPort', {}, { ports: [{ containerPort: 80, hostPort: 80 }] }],
    ['privileged: true', {}, { securityContext: { privileged: true } }],
    ['allowPrivilegeEscalation: true', {}, { securityContext: { allowPrivilegeEscalation: true } }],
    ['capabilities.add', {}, { securityContext: { capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] } } }],
    ['capabilities.drop', {}, { securityContext: { capabilities: { drop: ['KILL'] } } }],
    ['runAsUser: 0', { securityContext: { runAsUser: 0 } }, {}],
    ['runAsNonRoot: false', {}, { securityContext: { runAsNonRoot: false } }],
    ['seccompProfile Unconfined', { securityContext: { seccompProfile: { type: 'Unconfined' } } }, {}]
  ])('warns the author of a template of %s, which filling in does not cure', async (what, spec, container) => {
    for (const kind of templateKinds) {
      const warnings: string[] = []
      await client().listening(text => warnings.push(text)).create(templateOf(bare('filled', spec, container), kind), { dryRun: true })
        .catch((error: Error) => { expect(error.message).toContain('exceeded quota') })
      expect(warnings.join('\n'), kind).toMatch(new RegExp(`the Pod Security Standard restricted does not allow .*${what}`))
    }
    await expect(created(bare('filled', spec, container))).rejects.toThrow('violates PodSecurity')
  })

  test('is filled in for new ephemeral containers only', async () => {
    const pod = { ...bare('filled'), metadata: { name: 'debugged', namespace: namespaceOf('filled') } }
    const ref = refOf(await admin.create(pod))
    onTestFinished(async () => { await client().delete(ref, { gracePeriodSeconds: 0 }) })
    const debug = async (...names: string[]) => (await client().patch(ref, {
      spec: { ephemeralContainers: names.map(name => ({ name, image: 'registry.example.com/team/debug:1' })) }
    }, { type: 'strategic', subresource: 'ephemeralcontainers' }) as Pod).spec['ephemeralContainers']
    const filled = (name: string) => ({ name, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } })
    expect(await debug('one')).toMatchObject([filled('one')])
    expect(await debug('two')).toEqual(expect.arrayContaining([expect.objectContaining(filled('one')), expect.objectContaining(filled('two'))]))
  })
})

describe.runIf(isFilledIn)('placement', () => {
  test('is filled in', async () => {
    const { spec } = await created(bare('placed'))
    expect(spec).toMatchObject({
      nodeSelector: { ...placement.nodeSelector, runtime: high },
      runtimeClassName: high,
      overhead: { cpu: '10m' },
      priorityClassName: high,
      priority: 1000,
      preemptionPolicy: 'PreemptLowerPriority'
    })
    expect(spec['tolerations']).toEqual(expect.arrayContaining([
      { key: 'pool', operator: 'Equal', value: 'shared', effect: 'NoSchedule' }, { key: 'any-value', operator: 'Exists' }
    ]))
    expect(spec['tolerations']).toHaveLength(4) // with those of every pod
  })

  test('fills gaps only', async () => {
    const own = {
      nodeSelector: { disk: 'ssd', pool: 'shared' },
      runtimeClassName: low,
      priorityClassName: low,
      tolerations: [{ key: 'pool', operator: 'Equal', value: 'shared', effect: 'NoSchedule', tolerationSeconds: undefined }]
    }
    const { spec } = await created(bare('placed', own))
    expect(spec).toMatchObject({
      nodeSelector: { disk: 'ssd', ...placement.nodeSelector, runtime: low }, runtimeClassName: low, priorityClassName: low, priority: -10
    })
    expect((spec['tolerations'] as object[]).filter(item => 'key' in item && item.key === 'pool')).toHaveLength(1)
    await expect(created(bare('placed', { nodeSelector: { pool: 'other' } }))).rejects.toThrow('requires nodeSelector pool: shared')
  })

  test('replaces the PriorityClass of the cluster with all that belongs to it', async () => {
    const name = uniqueName('of-the-cluster')
    const ref = refOf(await client().create({
      apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value: 77, globalDefault: true, preemptionPolicy: 'Never'
    }))
    onTestFinished(async () => { await remove(ref) })
    await eventually(async () => expect((await created(bare('filled'))).spec).toHaveProperty('priorityClassName', name))
    expect((await created(bare('placed'))).spec).toMatchObject({
      priorityClassName: high, priority: 1000, preemptionPolicy: 'PreemptLowerPriority'
    })
    expect((await created(bare('placed', { priorityClassName: low }))).spec).toMatchObject({ priorityClassName: low, priority: -10 })
  })

  test('is not filled in for DaemonSets: a template without the nodeSelector is refused, and so are pods of older ones', async () => {
    await expect(admin.create(templateOf(bare('placed'), 'DaemonSet'), { dryRun: true })).rejects.toThrow('requires nodeSelector')
    await expect(admin.create(templateOf(bare('placed', { nodeSelector: placement.nodeSelector }), 'DaemonSet'), { dryRun: true }))
      .resolves.toBeDefined()
    const controller = asExempt('system:serviceaccount:kube-system:daemon-set-controller')
    await expect(created(bare('placed'), controller)).rejects.toThrow('requires nodeSelector')
  })

  test('is not filled in where the class switches it off', async () => {
    const { spec } = await created(compliant('off'))
    for (const field of ['nodeSelector', 'runtimeClassName', 'priorityClassName']) expect(spec).not.toHaveProperty(field)
    expect(spec['tolerations']).toHaveLength(2)
  })
})

describe.runIf(isFilledIn)('the token of the ServiceAccount default', () => {
  const account = (name: string, fields: object = {}): KubeObject =>
    ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: namespaceOf('filled') }, ...fields })

  test('is not mounted into pods', async () => {
    expect(await client().get(refOf(account('default')))).toHaveProperty('automountServiceAccountToken', false)
    const { spec } = await created(bare('filled'))
    expect(spec).not.toHaveProperty('volumes')
    expect((await created(bare('filled', { automountServiceAccountToken: true }))).spec['volumes']).toMatchObject([{ projected: {} }])
  })

  test('is mounted for other ServiceAccounts, and where the admin decides so', async () => {
    expect(await admin.create(account('own'), { dryRun: true })).not.toHaveProperty('automountServiceAccountToken')
    await expect(admin.patch(refOf(account('default')), { automountServiceAccountToken: true }, { dryRun: true }))
      .resolves.toHaveProperty('automountServiceAccountToken', true)
  })

  test('stays as it is outside of Tenants', async () => {
    expect(await client().get({ apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'default', name: 'default' }))
      .not.toHaveProperty('automountServiceAccountToken')
  })
})

describe.runIf(isFilledIn)('requests outside of the rules', () => {
  test('of break-glass groups stay as they are', async () => {
    await expect(created(bare('filled'), breakGlass())).rejects.toThrow('violates PodSecurity')
  })

  test('for namespaces outside of Tenants stay as they are', async () => {
    const { spec } = await created({ ...bare('filled'), metadata: { name: 'app', namespace: 'default' } }, client())
    expect(spec.securityContext).toEqual({})
  })
})

describe.runIf(isFilledIn)('a pod in Git', () => {
  test.each(['kustomize-controller', 'argocd-controller'])('that %s applies again stays unchanged', async fieldManager => {
    const pod = { ...bare('placed'), metadata: { name: fieldManager, namespace: namespaceOf('placed') } }
    const first = await admin.apply(pod, { fieldManager, force: true })
    onTestFinished(async () => { await client().delete(refOf(first), { gracePeriodSeconds: 0 }) })
    const second = await admin.apply(pod, { fieldManager, force: true })
    expect(second.metadata.uid).toBe(first.metadata.uid)
    const { spec } = second as Pod
    expect(spec).toEqual((first as Pod).spec)
  })
})
