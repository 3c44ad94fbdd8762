import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { KubeObject } from '../cluster/kube-object.ts'
import { refOf } from '../cluster/kube-object.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { run } from '../support/run.ts'
import { classManifest, createClass } from './classes.ts'
import { breakGlass, client, eventually } from './context.ts'
import { declaredPart, objectsOf, readyTenant, remove, tenantManifest, uniqueName } from './tenants.ts'

/** Runs `k8s-mtp render` in its own process, as a pull request check does. */
async function render (...args: string[]): Promise<KubeObject[]> {
  const printed = await run(process.execPath, [repositoryPath('dist/main.js'), 'render', ...args, '-o', 'json'])
  return (JSON.parse(printed) as { items: KubeObject[] }).items
}

/** Creates a folder with a file per object. */
async function folderWith (...objects: KubeObject[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'k8s-mtp-render-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [index, object] of objects.entries()) await writeFile(join(folder, `${index}.json`), JSON.stringify(object))
  return folder
}

const isNamespace = ({ kind }: KubeObject) => kind === 'Namespace'
const order = (a: KubeObject, b: KubeObject) => `${a.kind} ${a.metadata.name}` < `${b.kind} ${b.metadata.name}` ? -1 : 1

describe('the output of render for examples/tenants', () => {
  // Applied by a plain client under other namespace names, which no Tenant uses.
  const suffix = uniqueName('render')
  let printed: KubeObject[]

  beforeAll(async () => {
    const text = JSON.stringify(await render('-f', repositoryPath('examples/tenants')))
    printed = JSON.parse(text.replaceAll(/tenant-(acme|globex|initech)-(\w+)/g, `$&-${suffix}`)) as KubeObject[]
  })
  afterAll(async () => {
    for (const namespace of printed.filter(isNamespace)) await remove(refOf(namespace))
  })

  const apply = (object: KubeObject, dryRun = false) => breakGlass().apply(object, { fieldManager: 'render-test', dryRun })

  test('has three namespaces with all their objects', () => {
    expect(printed.filter(isNamespace).map(({ metadata }) => metadata.name)).toEqual(['acme-shop', 'globex-web', 'initech-reports'].map(name => `tenant-${name}-${suffix}`))
    expect(printed.length).toBeGreaterThanOrEqual(3 * 15)
  })

  test('is stored by the API server as printed, and a second apply changes nothing', async () => {
    for (const namespace of printed.filter(isNamespace)) await apply(namespace)
    for (const object of printed) {
      const stored = await apply(object)
      expect(withoutOwnName(declaredPart(stored))).toEqual(object)
      const again = await eventually(async () => {
        const now = await client().get(refOf(object))
        const again = await apply(object, true)
        expect(again.metadata.resourceVersion).toBe(now.metadata.resourceVersion)
        return again
      })
      expect(withoutOwnName(declaredPart(again))).toEqual(object)
    }
  })
})

/** Removes the label that the API server sets on each namespace. */
function withoutOwnName (declared: Record<string, unknown>): Record<string, unknown> {
  const { metadata } = declared as { metadata: { labels: Record<string, string> } }
  const { 'kubernetes.io/metadata.name': _, ...labels } = metadata.labels
  return { ...declared, metadata: { ...metadata, labels } }
}

const rich = {
  quotas: { 'tenant-quota': { cpu: '1500m', memory: '2048Mi', pods: 10 }, 'tenant-objects': { configmaps: 1000 }, 'tenant-storage': { 'requests.storage': '0.5Ti' } },
  limits: [{ type: 'Container', max: { cpu: 2, memory: '1024Mi' }, min: { memory: '4Mi' } }, { type: 'Pod', max: { cpu: '4000m' } }],
  podSecurity: { enforce: 'baseline', version: 'v1.34' },
  network: {
    dns: { peers: [{ cidr: '10.96.0.10/32' }], ports: [{ port: 5353, protocol: 'UDP' }] },
    policies: [
      { name: 'allow-ingress', ingress: [{ peers: [{ namespace: 'ingress-nginx', podLabels: { app: 'nginx' } }], ports: [{ port: 8080, endPort: 8090 }] }] },
      { name: 'allow-internet', egress: [{ peers: [{ cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '169.254.0.0/16', '192.168.0.0/16'] }] }, { peers: [{ namespace: 'db' }], ports: [{ port: 5432 }] }] }
    ]
  },
  namespaceMetadata: { labels: { 'cost-center': 'a1' }, annotations: { 'example.com/owner': 'team a' } },
  overrides: { quotas: { 'tenant-quota': { pods: { max: 50 } } } }
}

const tenants: Array<[of: string, spec: object, classSpec: object | undefined]> = [
  ['with the class default', {}, undefined],
  ['with subjects in all roles', {
    admins: [{ kind: 'User', name: 'audit' }, { kind: 'Group', name: 'audit' }],
    operators: ['ci', 'ci-preview'].map(namespace => ({ kind: 'ServiceAccount', name: 'deployer', namespace })),
    viewers: [{ kind: 'User', name: 'eve@audit.example' }, { kind: 'User', name: 'eve@audit.example' }]
  }, undefined],
  ['with a class that uses every field, and an override', { quotas: { 'tenant-quota': { pods: '0.05k' } } }, rich]
]

test.each(tenants)('a Tenant %s has the objects in the cluster that render prints', async (_, spec, classSpec) => {
  const className = classSpec === undefined ? 'default' : await createClass(classSpec)
  const tenant = await readyTenant({ ...spec, className })
  const manifest = tenantManifest(tenant.name, { ...spec, className })
  const folder = await folderWith(manifest, ...(classSpec === undefined ? [] : [classManifest(className, classSpec)]))
  const printed = await render('-f', folder)
  const live = (await objectsOf(tenant)).map(object => withoutOwnName(declaredPart(object)) as KubeObject)
  expect(live.sort(order)).toEqual(printed.sort(order))
})
