import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KubeObject } from '../cluster/kube-object.ts'
import { standardClass } from '../support/objects.ts'
import { classManifest, classRef } from './classes.ts'
import { as, client, eventually } from './context.ts'
import { pod } from './guarded-tenant.ts'
import {
  changeTenant, createTenant, objectsOf, readyTenant, refIn, remove, uidsOf, uniqueName, waitForReady, waitForReason, type TestTenant
} from './tenants.ts'

/** The class standard, with bounds for each field. */
const className = uniqueName('flexible')

beforeAll(async () => {
  const { spec } = standardClass(spec => {
    spec.namespaceMetadata = { labels: { 'cost.example/region': 'eu' }, reservedPrefixes: ['cost.example/'] }
    spec.workloads.pods.nodeSelector = { pool: 'shared' }
    spec.workloads.hostNames = ['*.{tenant}.apps.example.com']
    spec.overrides = {
      limits: { Container: { max: { cpu: { max: '4' } }, default: { cpu: { min: '100m', max: '4' } } } },
      network: {
        peers: true,
        allow: {
          ingress: [{ peers: [{ namespace: 'monitoring' }] }],
          egress: [{ peers: [{ cidr: '0.0.0.0/0', except: ['169.254.0.0/16', '10.0.0.0/8'] }], ports: [{ port: 443, protocol: 'TCP' }] }]
        }
      },
      workloads: { hostNames: ['*.{tenant}.example.com', 'shared.example.com'] },
      nodePools: { gpu: { nodeSelector: { pool: 'gpu' }, tolerations: [{ key: 'gpu', effect: 'NoSchedule' }] }, big: { nodeSelector: { pool: 'big' } } },
      labels: { prefixes: ['cost.example/', 'app.kubernetes.io/'] },
      annotations: { prefixes: ['cost.example/'] }
    }
  })
  await client().create(classManifest(className, spec))
})
afterAll(() => remove(classRef(className)))

const create = (spec: object = {}) => readyTenant({ className, ...spec })
const namespaceOf = (tenant: TestTenant) => client().get(refIn(tenant, 'Namespace', ''))
/** Everything that the Tenant owns, as it is stored. */
const stored = async (tenant: TestTenant) => (await objectsOf(tenant)).map(({ kind, metadata, status: _, ...content }): object =>
  ({ kind, name: metadata.name, labels: metadata.labels, annotations: metadata.annotations, ...content }))

/** Values out of bounds, by field, with the message. */
const refused: Array<[it: string, spec: object, message: string]> = [
  ...['arm', 'constructor'].map((nodePool): [string, object, string] => [
    `the node pool ${nodePool}`, { nodePool },
    `spec.nodePool: ${nodePool} is no node pool of TenantClass CLASS: spec.overrides.nodePools lists big, gpu. Change or remove the override`
  ]),
  [
    'a host name of another Tenant', { workloads: { hostNames: ['shared.example.com', 'shop.globex.example.com'] } },
    'spec.workloads.hostNames[1]: shop.globex.example.com cannot be allowed under TenantClass CLASS: ' +
    'spec.overrides.workloads.hostNames lists *.{tenant}.example.com, shared.example.com. Change or remove the override'
  ],
  ...([
    ['a network with an exception of the bound', { cidr: '0.0.0.0/0', except: ['169.254.0.0/16', '10.0.0.0/9'] }, '0.0.0.0/0 except 169.254.0.0/16 10.0.0.0/9'],
    ['a network within an exception', { cidr: '10.1.0.0/16' }, '10.1.0.0/16'],
    ['a namespace of the other direction', { namespace: 'monitoring' }, 'namespace monitoring'],
    ['kube-system', { namespace: 'kube-system' }, 'namespace kube-system']
  ] as const).map(([it, peer, printed]): [string, object, string] => [
    it, { network: { allow: { egress: [{ peers: [peer], ports: [{ port: 443 }] }] } } },
    `spec.network.allow.egress[0].peers[0]: ${printed} on TCP 443 cannot be allowed under TenantClass CLASS: ` +
    'spec.overrides.network.allow.egress lists 0.0.0.0/0 except 169.254.0.0/16 10.0.0.0/8 on TCP 443. Change or remove the override'
  ]),
  [
    'another port', { network: { allow: { egress: [{ peers: [{ cidr: '192.0.2.0/24' }], ports: [{ port: 443 }, { port: 22 }] }] } } },
    'spec.network.allow.egress[0].peers[0]: 192.0.2.0/24 on TCP 443 TCP 22 cannot be allowed'
  ],
  [
    'a limit above its maximum', { limits: { Container: { max: { cpu: '4001m' } } } },
    'spec.limits.Container.max.cpu: 4001m exceeds the maximum 4 of TenantClass CLASS. Change or remove the override, ' +
    'or ask the platform team to change spec.overrides.limits.Container.max.cpu of the class'
  ],
  [
    'a limit without a bound', { limits: { PersistentVolumeClaim: { max: { storage: '1Ti' } } } },
    'spec.limits.PersistentVolumeClaim.max.storage: cannot be overridden under TenantClass CLASS'
  ],
  [
    'a maximum below the default', { limits: { Container: { max: { cpu: '1' } } } },
    'spec.limits.Container: does not fit to the other limits of TenantClass CLASS: default.cpu: 2 exceeds max.cpu 1'
  ],
  [
    'a label with another prefix', { labels: { 'team.example/x': 'x' } },
    'spec.labels.team.example/x: cannot be set under TenantClass CLASS: spec.overrides.labels.prefixes lists cost.example/, app.kubernetes.io/. ' +
    'Change or remove the override, or ask the platform team to change spec.overrides.labels.prefixes of the class'
  ],
  [
    'a label that the class sets', { labels: { 'cost.example/region': 'us' } },
    'spec.labels.cost.example/region: is set by TenantClass CLASS in spec.namespaceMetadata.labels'
  ],
  [
    'an annotation with a prefix of labels', { annotations: { 'app.kubernetes.io/part-of': 'x' } },
    'spec.annotations.app.kubernetes.io/part-of: cannot be set under TenantClass CLASS: spec.overrides.annotations.prefixes lists cost.example/'
  ]
]

describe('an override out of bounds', () => {
  test.each(refused)('%s puts a Tenant on hold, and nothing is changed', async (_, spec, message) => {
    const fields = Object.fromEntries(Object.keys(spec).map(field => [field, null]))
    const tenant = await create()
    const [before, uids] = [await stored(tenant), await uidsOf(tenant)]
    await changeTenant(tenant, spec)
    expect((await waitForReason(tenant, 'OverrideNotAllowed')).message).toContain(message.replace('CLASS', className))
    expect(await stored(tenant)).toEqual(before)
    expect(await uidsOf(tenant)).toEqual(uids)
    await changeTenant(tenant, fields)
    await waitForReady(tenant)
    expect(await stored(tenant)).toEqual(before)
  })

  test('gives a new Tenant no namespace', async () => {
    const created = await createTenant({ className, labels: { 'team.example/x': 'x' } })
    await waitForReason(created, 'OverrideNotAllowed')
    expect(await client().find(refIn(created, 'Namespace', ''))).toBeUndefined()
  })
})

describe('limits', () => {
  const limitsOf = async (tenant: TestTenant) => {
    const { spec } = await client().get(refIn(tenant, 'LimitRange', 'tenant-limits')) as KubeObject & { spec: { limits: object[] } }
    return spec.limits
  }

  test('replace those of the LimitRange, as the API server stores them, and go with the field', async () => {
    const tenant = await create({ limits: { Container: { max: { cpu: '4000m' }, default: { cpu: '1500m' } } } })
    expect(await limitsOf(tenant)).toMatchObject([
      {
        type: 'Container',
        max: { cpu: '4', memory: '4Gi' },
        default: { cpu: '1500m', memory: '4Gi' },
        defaultRequest: { cpu: '50m', memory: '64Mi' }
      },
      { type: 'PersistentVolumeClaim', max: { storage: '500Gi' } }
    ])
    await changeTenant(tenant, { limits: null })
    await eventually(async () => expect(await limitsOf(tenant)).toMatchObject([{ max: { cpu: '2' }, default: { cpu: '2' } }, {}]))
    await waitForReady(tenant)
  })
})

describe('traffic', () => {
  const allow = {
    ingress: [{ peers: [{ namespace: 'monitoring', podLabels: { app: 'prometheus' } }], ports: [{ port: 9090 }] }],
    egress: [{ peers: [{ cidr: '192.0.2.0/24' }], ports: [{ port: 443 }] }]
  }

  test('has a NetworkPolicy of its own, which goes with the field', async () => {
    const tenant = await create({ network: { allow } })
    expect(await client().get(refIn(tenant, 'NetworkPolicy', 'tenant-allow'))).toHaveProperty('spec', {
      podSelector: {},
      ingress: [{
        from: [{
          namespaceSelector: {
            matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' }, matchExpressions: [{ key: 'k8s-mtp.dev/tenant', operator: 'DoesNotExist' }]
          },
          podSelector: { matchLabels: { app: 'prometheus' } }
        }],
        ports: [{ port: 9090, protocol: 'TCP' }]
      }],
      egress: [{ to: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports: [{ port: 443, protocol: 'TCP' }] }],
      policyTypes: ['Ingress', 'Egress']
    })
    await changeTenant(tenant, { network: null })
    await eventually(async () => expect(await client().find(refIn(tenant, 'NetworkPolicy', 'tenant-allow'))).toBeUndefined())
    await waitForReady(tenant)
  })

  test('is nothing that NetworkPolicies of members may name', async () => {
    const name = uniqueName()
    const tenant = await readyTenant({ className, network: { allow }, admins: [{ kind: 'User', name: `admin@${name}.example` }] }, name)
    const policy = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'web', namespace: tenant.namespace } }
    const create = (to: object) => as(`admin@${name}.example`).create(
      { ...policy, spec: { podSelector: {}, egress: [{ to: [to], ports: [{ port: 443 }] }] } }, { dryRun: true })
    await eventually(async () => { await create({ podSelector: {} }) })
    await expect(create({ ipBlock: { cidr: '192.0.2.0/24' } })).rejects.toThrow('does not allow such peers outside of the Tenant')
  })
})

describe('peers', () => {
  const other = (tenant: string) => ({ namespaceSelector: { matchLabels: { 'k8s-mtp.dev/tenant': tenant } } })

  test('have a NetworkPolicy for both directions, by the label of their namespaces, also before they exist', async () => {
    const tenant = await create({ network: { peers: [{ tenant: 'globex' }, { tenant: 'ghost' }] } })
    const peers = [other('globex'), other('ghost')]
    expect(await client().get(refIn(tenant, 'NetworkPolicy', 'tenant-peers'))).toHaveProperty('spec', {
      podSelector: {}, ingress: [{ from: peers }], egress: [{ to: peers }], policyTypes: ['Ingress', 'Egress']
    })
    await changeTenant(tenant, { network: { peers: [{ tenant: 'ghost' }] } })
    await eventually(async () => expect(await client().get(refIn(tenant, 'NetworkPolicy', 'tenant-peers'))).toHaveProperty('spec.ingress', [{ from: [other('ghost')] }]))
    await changeTenant(tenant, { network: null })
    await eventually(async () => expect(await client().find(refIn(tenant, 'NetworkPolicy', 'tenant-peers'))).toBeUndefined())
  })

  test('are not the Tenant itself', async () => {
    const name = uniqueName()
    const tenant = await createTenant({ className, network: { peers: [{ tenant: name }] } }, name)
    expect((await waitForReason(tenant, 'SpecInvalid')).message).toContain(`spec.network.peers[0].tenant: ${name} is this Tenant`)
  })

  test('cannot be named in a class without them', async () => {
    const tenant = await createTenant({ network: { peers: [{ tenant: 'globex' }] } })
    expect((await waitForReason(tenant, 'OverrideNotAllowed')).message)
      .toContain('spec.network.peers: cannot be set under TenantClass default, where spec.overrides.network.peers is not true')
  })

  test('cannot be forged: neither editors of namespaces nor admins nor cluster administrators set the label on a namespace', async () => {
    const name = uniqueName()
    const tenant = await readyTenant({ className, admins: [{ kind: 'User', name: `admin@${name}.example` }] }, name)
    const forged = uniqueName('forged')
    const plain = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: forged } }
    const labels = { 'k8s-mtp.dev/tenant': 'globex' }
    await client().create(plain)
    const refused = expect.stringContaining('the labels controller-uid and k8s-mtp.dev/* are reserved for k8s-mtp') as string
    for (const write of [
      async () => await client().create({ ...plain, metadata: { name: `${forged}-new`, labels } }, { dryRun: true }),
      ...(['merge', 'strategic'] as const).map(type => async () => await client().patch({ ...plain, name: forged }, { metadata: { labels } }, { type, dryRun: true })),
      async () => await client().patch({ ...plain, name: forged }, [{ op: 'add', path: '/metadata/labels/k8s-mtp.dev~1tenant', value: 'globex' }], { type: 'json', dryRun: true }),
      async () => await client().apply({ ...plain, metadata: { name: forged, labels } }, { fieldManager: 'forger', force: true, dryRun: true }),
      async () => await client().patch(refIn(tenant, 'Namespace', ''), { metadata: { labels } }, { dryRun: true })
    ]) await expect(write()).rejects.toMatchObject({ code: 403, message: refused })
    await expect(as(`admin@${name}.example`).patch(refIn(tenant, 'Namespace', ''), { metadata: { labels } }, { dryRun: true }))
      .rejects.toMatchObject({ code: 403, message: expect.stringContaining('cannot patch resource "namespaces"') as string })
    await remove({ apiVersion: 'v1', kind: 'Namespace', name: forged })
  })
})

describe('host names', () => {
  test('are allowed beside those of the class, and no others', async () => {
    const name = uniqueName()
    const tenant = await readyTenant({
      className,
      workloads: { hostNames: ['*.eu.{tenant}.example.com', 'shared.example.com'] },
      admins: [{ kind: 'User', name: `admin@${name}.example` }]
    }, name)
    const hostNames = [`*.${name}.apps.example.com`, `*.eu.${name}.example.com`, 'shared.example.com']
    expect(await client().get(refIn(tenant, 'WorkloadPolicy', 'tenant-workloads'))).toHaveProperty('spec.hostNames', hostNames)
    const ingress = async (host: string) => await as(`admin@${name}.example`).create({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'web', namespace: tenant.namespace },
      spec: { rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] } }] }
    }, { dryRun: true })
    await eventually(async () => { await ingress(`shop.eu.${name}.example.com`) })
    for (const host of [`shop.${name}.apps.example.com`, 'shared.example.com']) await expect(ingress(host)).resolves.toBeDefined()
    for (const host of [`shop.${name}.example.com`, `eu.${name}.example.com`, 'shop.eu.globex.example.com', 'x.shared.example.com', '*.example.com']) {
      await expect(ingress(host)).rejects.toThrow(`does not allow the host name ${host}`)
    }
  })
})

describe('a node pool', () => {
  const toleration = { key: 'gpu', operator: 'Equal', value: 'a', effect: 'NoSchedule' }

  test('replaces the nodeSelector of the class, and adds its tolerations', async () => {
    const name = uniqueName()
    const tenant = await readyTenant({ className, nodePool: 'gpu', admins: [{ kind: 'User', name: `admin@${name}.example` }] }, name)
    expect(await client().get(refIn(tenant, 'WorkloadPolicy', 'tenant-workloads'))).toMatchObject({
      spec: { pods: { nodeSelector: { pool: 'gpu' }, tolerations: [{ key: 'gpu', value: '*', effect: 'NoSchedule' }] } }
    })
    const create = async (spec: object) => await as(`admin@${name}.example`).create(pod(tenant.namespace, spec), { dryRun: true })
    await eventually(async () => { await create({ nodeSelector: { pool: 'gpu' }, tolerations: [toleration] }) })
    await expect(create({ nodeSelector: { pool: 'shared' } })).rejects.toThrow('requires nodeSelector pool: gpu')
    await expect(create({ nodeSelector: { pool: 'gpu' }, tolerations: [{ operator: 'Exists' }] })).rejects.toThrow('does not allow the toleration of all taints')
    await changeTenant(tenant, { nodePool: null })
    await eventually(async () => {
      await expect(create({ nodeSelector: { pool: 'shared' }, tolerations: [toleration] })).rejects.toThrow('does not allow the toleration gpu=a:NoSchedule')
    })
    await expect(create({ nodeSelector: { pool: 'shared' } })).resolves.toBeDefined()
  })
})

describe('labels and annotations', () => {
  const labels = { 'cost.example/unit': '4711', 'app.kubernetes.io/part-of': 'shop' }
  const annotations = { 'cost.example/owner': 'Ada Lovelace' }

  test('are on the namespace beside those of the class and of k8s-mtp, and go with the field', async () => {
    const tenant = await create({ labels, annotations })
    const { metadata } = await namespaceOf(tenant)
    expect(metadata.annotations).toMatchObject(annotations)
    expect(metadata.labels).toMatchObject({
      ...labels, 'cost.example/region': 'eu', 'k8s-mtp.dev/tenant': tenant.name, 'app.kubernetes.io/managed-by': 'k8s-mtp'
    })
    await changeTenant(tenant, { labels: { 'cost.example/unit': '42', 'app.kubernetes.io/part-of': null }, annotations: null })
    await eventually(async () => {
      const { metadata } = await namespaceOf(tenant)
      expect(metadata.labels).toMatchObject({ 'cost.example/unit': '42', 'cost.example/region': 'eu', 'k8s-mtp.dev/tenant': tenant.name })
      expect(metadata.labels).not.toHaveProperty(['app.kubernetes.io/part-of'])
      expect(metadata.annotations).not.toHaveProperty(['cost.example/owner'])
    })
    await waitForReady(tenant)
  })

  test('with a reserved prefix are only those of the class and the Tenant', async () => {
    const tenant = await create({ labels })
    await client().patch(refIn(tenant, 'Namespace', ''), { metadata: { labels: { 'cost.example/forged': 'x', 'cost.example/unit': '0', 'other.example/x': 'x' } } })
    await eventually(async () => {
      const { metadata } = await namespaceOf(tenant)
      expect(metadata.labels).toMatchObject({ ...labels, 'other.example/x': 'x' })
      expect(metadata.labels).not.toHaveProperty(['cost.example/forged'])
    })
  })
})
