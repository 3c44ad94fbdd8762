import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { DeleteOptions, KubeClient } from '../cluster/client.ts'
import { refOf } from '../cluster/kube-object.ts'
import { asExempt, breakGlass, client, eventually } from './context.ts'
import { guardedTenant, pod, restricted, service, type GuardedTenant } from './guarded-tenant.ts'
import { templateKinds, templateOf } from './templates.ts'
import { remove } from './tenants.ts'
import { workloadRefusals } from './workload-refusals.ts'

let tenant: GuardedTenant
let placed: GuardedTenant
beforeAll(async () => {
  [tenant, placed] = await Promise.all([
    guardedTenant({ quotas: { 'services.nodeports': '9', replicationcontrollers: '9', 'count/resourceclaimtemplates.resource.k8s.io': '9' } }),
    guardedTenant({ workloads: { pods: { nodeSelector: { pool: 'shared', 'example.com/zone': 'a' }, defaults: { nodeSelector: false } }, storageClasses: undefined }, quotas: {} })
  ])
}, 60_000)
afterAll(async () => { for (const each of [tenant, placed]) await each.remove() })

const dryRun = { dryRun: true }
const denied = (message: string) => ({ code: 403, message: expect.stringContaining(message) as string })
const rows = workloadRefusals({ namespace: 'n', name: 't', className: 'c', priorityClass: 'p' }).filter(({ refused }) => refused.kind === 'Pod').map(({ it }) => it)
const ours = (warnings: string[]) => warnings.filter(warning => warning.includes('k8s-mtp-'))

describe('a workload', () => {
  test.each(rows)('is admitted, with a warning of %s', async it => {
    const { refused, accepted, says } = workloadRefusals(tenant).find(row => row.it === it) ?? expect.unreachable()
    const [, [, admin] = expect.unreachable()] = tenant.people
    for (const kind of templateKinds) {
      const warnings: string[] = []
      const who = (kind === 'ReplicationController' ? client() : admin).listening(text => warnings.push(text))
      await who.create(templateOf(accepted, kind), dryRun)
      expect(ours(warnings), kind).toEqual([])
      await who.create(templateOf(refused, kind), dryRun)
      expect(ours(warnings), kind).toEqual([expect.stringContaining(`pods of ${kind.toLowerCase()}s ${tenant.namespace}/app will be refused: ${says}`)])
    }
  })

  test.each([
    ['nfs', { nfs: { server: '192.0.2.1', path: '/' } }],
    ['ebs.csi.aws.com', { awsElasticBlockStore: { volumeID: 'vol-1' } }],
    ['iscsi', { iscsi: { targetPortal: '192.0.2.1', iqn: 'iqn.2026-01.com.example:storage', lun: 0 } }]
  ])('is warned of volumes of the driver %s', async (driver, volume) => {
    const warnings: string[] = []
    const volumes = (...all: object[]) => templateOf(pod(tenant.namespace, { volumes: all }), 'Deployment')
    const who = client().listening(text => warnings.push(text))
    const own = [{ name: 'a', configMap: { name: 'a' } }, { name: 'b', csi: { driver: 'secrets-store.csi.k8s.io', readOnly: true } }]
    await who.create(volumes(...own), dryRun)
    expect(ours(warnings)).toEqual([])
    await who.create(volumes(...own, { name: 'c', ...volume }), dryRun)
    expect(ours(warnings)).toEqual([
      expect.stringContaining(`does not allow volumes of the CSI driver ${driver} without a claim: spec.workloads.pods.csiDrivers lists secrets-store`),
      expect.stringContaining('the Pod Security Standard restricted does not allow volumes other than')
    ])
  })

  test('warns again when its template changes, not when it stays', async () => {
    const object = templateOf(pod(tenant.namespace, { schedulerName: 'mine' }, {}, 'warned'), 'Deployment')
    const created = refOf(await client().create({ ...object, spec: { ...object['spec'] as object, replicas: 0 } }))
    onTestFinished(async () => { await remove(created) })
    const warnings: string[] = []
    await client().listening(text => warnings.push(text)).patch(created, { spec: { replicas: 0 }, metadata: { labels: { changed: 'yes' } } })
    expect(ours(warnings)).toEqual([])
    await client().listening(text => warnings.push(text)).patch(created, { spec: { template: { metadata: { labels: { app: 'warned', changed: 'yes' } } } } })
    expect(ours(warnings)).toEqual([])
    await client().listening(text => warnings.push(text)).patch(created, { spec: { template: { spec: { hostname: 'other' } } } })
    expect(ours(warnings)).toEqual([expect.stringContaining('does not allow the scheduler mine')])
  })
})

describe('a required node selector', () => {
  const both = { pool: 'shared', 'example.com/zone': 'a' }
  test.each([
    [{}, '(pool: shared, example.com/zone: a|example.com/zone: a, pool: shared)'],
    [{ pool: 'shared' }, 'example.com/zone: a'],
    [{ pool: 'shared', 'example.com/zone': 'b' }, 'example.com/zone: a']
  ])('refuses pods and DaemonSets with %j', async (nodeSelector, missing) => {
    const message = new RegExp(`requires nodeSelector ${missing}: spec.workloads.pods.nodeSelector. Add it to spec.nodeSelector of the pod, or change the TenantClass`)
    const refusal = { code: 403, message: expect.stringMatching(message) as string }
    for (const [who, person] of placed.people) {
      const refused = pod(placed.namespace, { nodeSelector })
      await expect(person.create(refused, dryRun), who).rejects.toMatchObject(refusal)
      await expect(person.create(templateOf(refused, 'DaemonSet'), dryRun), who).rejects.toMatchObject(refusal)
      await expect(person.create(templateOf(refused, 'Deployment'), dryRun), who).resolves.toBeDefined()
      const accepted = pod(placed.namespace, { nodeSelector: { ...both, disk: 'ssd' } })
      await expect(person.create(accepted, dryRun), who).resolves.toBeDefined()
      await expect(person.create(templateOf(accepted, 'DaemonSet'), dryRun), who).resolves.toBeDefined()
    }
  })

  test('stays in DaemonSets', async () => {
    const created = refOf(await client().create(templateOf(pod(placed.namespace, { nodeSelector: both }, {}, 'each'), 'DaemonSet')))
    onTestFinished(async () => { await remove(created) })
    await expect(client().patch(created, { metadata: { labels: { changed: 'yes' } } }, dryRun)).resolves.toBeDefined()
    await expect(client().patch(created, { spec: { template: { spec: { nodeSelector: null } } } }, dryRun)).rejects.toThrow('requires nodeSelector')
  })
})

test('tolerations that the DaemonSet controller adds are its own', async () => {
  const own = ['not-ready', 'unreachable', 'disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable', 'network-unavailable']
    .map(name => ({ key: `node.kubernetes.io/${name}`, operator: 'Exists' }))
  const object = pod(tenant.namespace, { tolerations: own })
  const controller = asExempt('system:serviceaccount:kube-system:daemon-set-controller')
  await expect(controller.create(object, dryRun)).resolves.toBeDefined()
  await expect(controller.create(pod(tenant.namespace, { tolerations: [...own, { operator: 'Exists' }] }), dryRun)).rejects.toThrow('the toleration of all taints')
  for (const [who, person] of tenant.people) await expect(person.create(object, dryRun), who).rejects.toThrow('the toleration node.kubernetes.io/disk-pressure')
})

test('a pod gets no further toleration later', async () => {
  const ref = refOf(await client().create(pod(tenant.namespace, {}, {}, 'tolerant')))
  onTestFinished(async () => { await client().delete(ref, { gracePeriodSeconds: 0 }) })
  const { spec } = await client().get(ref) as unknown as { spec: { tolerations: object[] } }
  const add = (toleration: object) => ({ spec: { tolerations: [...spec.tolerations, toleration] } })
  for (const [who, person] of tenant.people) {
    await expect(person.patch(ref, add({ key: 'pool', operator: 'Equal', value: 'shared', effect: 'NoSchedule' }), dryRun), who).resolves.toBeDefined()
    await expect(person.patch(ref, add({ operator: 'Exists' }), dryRun), who).rejects.toThrow('the toleration of all taints')
  }
})

test('a pod that is older than its class changes otherwise', async () => {
  const livenessProbe = { exec: { command: ['true'] }, terminationGracePeriodSeconds: 9000 }
  const old = pod(tenant.namespace, {}, { livenessProbe, imagePullPolicy: 'Never', image: 'evil.example.com/app' }, 'old')
  const ref = refOf(await breakGlass().create(old))
  onTestFinished(async () => { await client().delete(ref, { gracePeriodSeconds: 0 }) })
  const debug = (imagePullPolicy: string) => ({ spec: { ephemeralContainers: [{ ...restricted.container, name: 'debug', imagePullPolicy }] } })
  for (const [who, person] of tenant.people) {
    const write = async (policy: string) => person.patch(ref, debug(policy), { ...dryRun, type: 'strategic', subresource: 'ephemeralcontainers' })
    await expect(person.patch(ref, { metadata: { labels: { changed: 'yes' } } }, dryRun), who).resolves.toBeDefined()
    await expect(write('IfNotPresent'), who).resolves.toBeDefined()
    await expect(write('Never'), who).rejects.toThrow('does not allow imagePullPolicy Never')
  }
})

test.each([
  { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4' },
  { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaimTemplate', spec: { spec: {} } },
  { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaimTemplate', spec: { spec: { devices: { requests: [] } } } }
])('$kind may be empty: $spec', async object => {
  const made = { ...object, metadata: { name: 'empty', namespace: tenant.namespace } }
  for (const [who, person] of tenant.people) await expect(person.create(made, dryRun), who).resolves.toBeDefined()
})

test('nodes create the pods of their own files', async () => {
  const node = client().as('system:node:n1', ['system:masters', 'system:nodes', 'system:authenticated'])
  await expect(node.create(pod(tenant.namespace, { nodeName: 'n1', tolerations: [{ operator: 'Exists', effect: 'NoExecute' }] }), dryRun)).resolves.toBeDefined()
})

describe('the default PriorityClass of the cluster', () => {
  test('is allowed unless a pod names it, however the request is made', async () => {
    const name = `${tenant.priorityClass}-default`
    const ref = refOf(await client().create({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value: 5, globalDefault: true }))
    onTestFinished(async () => { await remove(ref) })
    const refused = denied(`does not allow the PriorityClass ${name}`)
    const plain = pod(tenant.namespace, {})
    const named = pod(tenant.namespace, { priorityClassName: name })
    const withManagers = (object: typeof plain, managedFields: Array<Record<string, unknown>>) => ({ ...object, metadata: { ...object.metadata, managedFields } })
    const entry = { manager: 'other', operation: 'Update', apiVersion: 'v1', time: '2026-11-22T12:00:00Z', fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': { 'f:restartPolicy': {} } } }
    await eventually(async () => expect((await client().create(plain, dryRun))['spec']).toMatchObject({ priorityClassName: name }))
    for (const [who, person] of tenant.people) {
      await expect(person.create(plain, dryRun), who).resolves.toBeDefined()
      await expect(person.apply(plain, { ...dryRun, fieldManager: 'test' }), who).resolves.toBeDefined()
      await expect(person.create(named, dryRun), who).rejects.toMatchObject(refused)
      await expect(person.apply(named, { ...dryRun, fieldManager: 'test' }), who).rejects.toMatchObject(refused)
      for (const managers of [[], [{}], [entry], [{ ...entry, manager: 'node' }], [{ ...entry, fieldsV1: {} }]]) {
        await expect(person.create(withManagers(named, managers), dryRun), `${who} with ${JSON.stringify(managers)}`).rejects.toMatchObject(refused)
      }
      // Fields that cannot be tracked, as of two ports with one name, are no way around.
      const untracked = pod(tenant.namespace, { priorityClassName: name, tolerations: [], containers: [{ ...(plain['spec'] as { containers: object[] }).containers[0], env: [{ name: 'A', value: '1' }, { name: 'A', value: '2' }] }] })
      await expect(person.create(untracked, dryRun), `${who} untracked`).rejects.toMatchObject(refused)
    }
  })
})

describe('load balancers without node ports', () => {
  test('are allowed where the quotas allow no node ports', async () => {
    const balancer = service(placed.namespace, { type: 'LoadBalancer' })
    for (const [who, person] of placed.people) {
      await expect(person.create(balancer, dryRun), who).rejects.toMatchObject(denied('allows no node ports: services.nodeports of spec.quotas is 0'))
      await expect(person.create(service(placed.namespace, { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }), dryRun), who).resolves.toBeDefined()
    }
    await expect(client().create(service(tenant.namespace, { type: 'LoadBalancer' }), dryRun)).resolves.toBeDefined()
  })
})

describe('a cluster IP', () => {
  test('cannot be chosen by hiding who set it', async () => {
    const chosen = service(tenant.namespace, { clusterIP: '10.96.77.8' })
    const condition = { type: 'x', status: 'True', reason: 'x', message: '', lastTransitionTime: '2026-11-22T12:00:00Z' }
    const attempts = [
      { ...chosen, metadata: { ...chosen.metadata, managedFields: [{}] } },
      { ...chosen, status: { conditions: [condition, condition] } },
      { ...chosen, spec: { ...chosen['spec'] as object, clusterIPs: ['10.96.77.8'] } }
    ]
    for (const [who, person] of tenant.people) {
      for (const attempt of attempts) await expect(person.create(attempt, dryRun), who).rejects.toThrow('does not allow spec.clusterIP 10.96.77.8')
      await expect(person.apply(chosen, { ...dryRun, fieldManager: 'test' }), who).rejects.toThrow('does not allow spec.clusterIP 10.96.77.8')
    }
    await expect(breakGlass().create(chosen, dryRun)).resolves.toBeDefined()
  })

  test('of the other family cannot be chosen later', async () => {
    const created = await client().create(service(tenant.namespace, {}, 'dual'))
    onTestFinished(async () => { await remove(refOf(created)) })
    const { clusterIP } = created['spec'] as { clusterIP: string }
    const ipFamilyPolicy = 'RequireDualStack'
    for (const [who, person] of tenant.people) {
      await expect(person.patch(refOf(created), { spec: { ipFamilyPolicy } }, dryRun), who).resolves.toBeDefined()
      await expect(person.patch(refOf(created), { spec: { ipFamilyPolicy, clusterIPs: [clusterIP, 'fd00:96::77'] } }, dryRun), who).rejects.toThrow('does not allow spec.clusterIP fd00:96::77')
    }
  })

  test('stays when its Service changes', async () => {
    const created = await client().create(service(tenant.namespace, {}, 'kept'))
    onTestFinished(async () => { await remove(refOf(created)) })
    await expect(client().apply({ ...service(tenant.namespace, { ...created['spec'] as object }, 'kept') }, { fieldManager: 'test', force: true })).resolves.toBeDefined()
    await expect(client().patch(refOf(created), { metadata: { labels: { changed: 'yes' } } })).resolves.toBeDefined()
  })
})

test('an update of status sets no refused annotation', async () => {
  const { namespace } = tenant
  const objects = [
    service(namespace, {}, 'status'),
    { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'status', namespace }, spec: { ingressClassName: 'nginx', rules: [{ host: 'shop.example.com' }] } }
  ]
  const [ofService, ofIngress] = await Promise.all(objects.map(async object => refOf(await client().create(object))))
  onTestFinished(async () => { for (const object of objects) await remove(refOf(object)) })
  const set = async (ref = ofService, annotation = '') =>
    client().patch(ref ?? expect.unreachable(), { metadata: { annotations: { [annotation]: 'internal' } } }, { ...dryRun, subresource: 'status' })
  await expect(set(ofService, 'metallb.io/loadBalancerIPs')).rejects.toMatchObject(denied('does not allow the annotation metallb.io/loadBalancerIPs'))
  await expect(set(ofIngress, 'nginx.ingress.kubernetes.io/server-snippet')).rejects.toMatchObject(denied('does not allow the annotation nginx'))
  await expect(set(ofIngress, 'kubernetes.io/ingress.class')).rejects.toMatchObject(denied('does not allow the IngressClass internal'))
  for (const ref of [ofService, ofIngress]) await expect(set(ref, 'example.com/any')).resolves.toBeDefined()
})

describe('a deletion', () => {
  test('gives a pod no more time than it has', async () => {
    // One that no node runs ends at once.
    const ref = refOf(await breakGlass().create(pod(tenant.namespace, { nodeName: 'n1', terminationGracePeriodSeconds: 100 }, {}, 'ending')))
    onTestFinished(async () => { await client().delete(ref, { gracePeriodSeconds: 0 }) })
    const remove: DeleteOptions = { dryRun: ['All'] }
    const evict = (person: KubeClient, gracePeriodSeconds: number) => person.request('POST', `/api/v1/namespaces/${ref.namespace}/pods/ending/eviction?dryRun=All`, {
      apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'ending', namespace: ref.namespace }, deleteOptions: { gracePeriodSeconds }
    })
    for (const [who, person] of tenant.people) {
      for (const seconds of [0, 60, 100]) await expect(person.delete(ref, { ...remove, gracePeriodSeconds: seconds }), who).resolves.toBeDefined()
      await expect(person.delete(ref, remove), who).resolves.toBeDefined()
      await expect(person.delete(ref, { ...remove, gracePeriodSeconds: 101 }), who).rejects.toMatchObject(denied('pod ending may take 100 seconds to end, not 101'))
      await expect(evict(person, 100), who).resolves.toBeDefined()
      await expect(evict(person, 3601), who).rejects.toMatchObject(denied('does not allow an eviction with gracePeriodSeconds 3601: spec.workloads.pods.maxTerminationGracePeriodSeconds is 3600'))
    }
    const all = `/api/v1/namespaces/${ref.namespace}/pods?dryRun=All&labelSelector=a%3Db`
    await expect(client().request('DELETE', all, { gracePeriodSeconds: 101 })).resolves.toBeDefined()
    const one = `/api/v1/namespaces/${ref.namespace}/pods?dryRun=All&fieldSelector=metadata.name%3Dending`
    await expect(client().request('DELETE', one, { gracePeriodSeconds: 101 })).rejects.toMatchObject(denied('pod ending may take 100 seconds to end, not 101'))
    await expect(client().request('DELETE', `${one}&gracePeriodSeconds=101`)).rejects.toMatchObject(denied('pod ending may take 100 seconds to end, not 101'))
  })
})

test('the volume controller binds claims', async () => {
  const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'bound', namespace: tenant.namespace }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'standard' } }
  const ref = refOf(await client().create(claim))
  onTestFinished(async () => {
    await client().delete(ref)
    await client().patch(ref, { metadata: { finalizers: null } })
  })
  const bind = { spec: { volumeName: 'pv-1' } }
  await expect(asExempt('system:serviceaccount:kube-system:persistent-volume-binder').patch(ref, bind, dryRun)).resolves.toBeDefined()
  for (const [who, person] of tenant.people) await expect(person.patch(ref, bind, dryRun), who).rejects.toMatchObject(denied('does not allow spec.volumeName'))
})

test('without a list of StorageClasses, a claim may not ask for volumes without a class', async () => {
  const claim = (spec: object) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: placed.namespace },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec }
  })
  await client().create(claim({}), dryRun)
  await client().create(claim({ storageClassName: 'any' }), dryRun)
  await expect(client().create(claim({ storageClassName: '' }), dryRun)).rejects
    .toThrow('does not allow the empty storageClassName: spec.workloads.allowVolumeNames is false. Remove it')
})
