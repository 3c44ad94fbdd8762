import { describe, expect, test, type TestContext } from 'vitest'
import { refOf, type KubeObject } from '../cluster/kube-object.ts'
import { readKustomization, readManifests } from '../cluster/manifests.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { verdictsOf } from '../gitops/readers.ts'
import { breakGlass, client, eventually } from './context.ts'
import { changed, exampleFolder, specOf, toolMetadataOfObjects, names, type Folder, type Name } from './gitops/folder.ts'
import { fluxKustomization, kubectl, kubectlOk } from './gitops/programs.ts'
import { namespaceRef } from './guardrails/world.ts'
import { putData, statusOf, tenantManifest, uidsOf, uniqueName, waitForReady, waitForReason } from './tenants.ts'

const allOf = ({ tenants }: Folder): KubeObject[] => names.map(name => tenants[name])
const pods = (amount: string): object => ({ quotas: { 'tenant-quota': { pods: amount } } })

/** One folder per test: the tests run concurrently, because deleting namespaces takes most of their time. */
function folderFor ({ onTestFinished }: TestContext): Folder {
  const folder = exampleFolder()
  onTestFinished(folder.remove)
  return folder
}

async function waitForAll (folder: Folder): Promise<void> {
  await Promise.all(names.map(async name => waitForReady(folder.tenants[name].metadata)))
}

async function versionsOf (folder: Folder): Promise<Array<string | undefined>> {
  return Promise.all(allOf(folder).map(async tenant => (await client().get(refOf(tenant))).metadata.resourceVersion))
}

/** Expects that a repeated apply writes nothing. Retries, because the engine may write a status at the same time. */
async function expectNoWrites (folder: Folder, applyAgain: () => Promise<void>): Promise<void> {
  await eventually(async () => {
    const before = await versionsOf(folder)
    await applyAgain()
    expect(await versionsOf(folder)).toEqual(before)
  }, { interval: 200 })
}

async function expectNoToolMetadata (folder: Folder): Promise<void> {
  expect((await Promise.all(names.map(async name => toolMetadataOfObjects(folder.namespace(name))))).flat()).toEqual([])
}

async function waitUntilGone (folder: Folder, name: Name): Promise<void> {
  await eventually(async () => expect(await client().find(namespaceRef(folder.namespace(name)))).toBeUndefined(), { timeout: 60_000, interval: 200 })
}

const everyAction = (folder: Folder, action: string) => Object.fromEntries(names.map(name => [folder.subject(name), action]))
const retained = ({ tenants: { payments } }: Folder) => `Tenant ${payments.metadata.name} has deletionPolicy Retain. To keep its namespace and data, run kubectl delete tenants.k8s-mtp.dev ${payments.metadata.name} --cascade=orphan`

describe.concurrent('the folder, applied by Flux', () => {
  test('applies no other kind', async context => {
    const { metadata: { name } } = folderFor(context).tenants.payments
    const binding = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' }, subjects: [] }
    const { actions, error } = await fluxKustomization('tenants')([binding])
    expect({ actions, error }).toEqual({ actions: {}, error: expect.stringMatching(/system:serviceaccount:flux-system:tenants.* cannot (get|patch) resource .*clusterrolebindings/) as unknown })
    expect(await client().find(refOf(binding))).toBeUndefined()
  })

  test('is applied without repeated writes, corrected, and pruned, kept or refused by its settings', async context => {
    const folder = folderFor(context)
    const { tenants: { analytics, payments, storefront } } = folder
    await fluxKustomization('tenant-classes')(folder.classes)
    const reconcile = fluxKustomization('tenants')
    expect(await reconcile(allOf(folder))).toMatchObject({ actions: everyAction(folder, 'created') })
    await waitForAll(folder)

    // Defaults and the status cause no further writes.
    await expectNoWrites(folder, async () => {
      expect(await reconcile(allOf(folder))).toMatchObject({ actions: everyAction(folder, 'unchanged') })
    })
    await expectNoToolMetadata(folder)

    expect(await reconcile([analytics, payments, changed(storefront, pods('45'))])).toMatchObject({
      actions: { ...everyAction(folder, 'unchanged'), [folder.subject('storefront')]: 'configured' }
    })

    // One refused Tenant blocks all others.
    const refused = await reconcile([analytics, changed(payments, { name: 'other' }), changed(storefront, pods('50'))])
    expect(refused).toMatchObject({ actions: {}, error: expect.stringContaining('spec.name is immutable') as string })
    expect(await client().get(refOf(storefront))).toMatchObject({ spec: pods('45') })

    // Declared fields are corrected, empty lists too. Others stay, and Flux does not show them.
    const eve = [{ kind: 'User', name: 'eve' }]
    await client().patch(refOf(storefront), { spec: { viewers: eve, ...pods('46') } })
    await client().patch(refOf(analytics), { spec: { cordoned: true } })
    expect(await reconcile(allOf(folder))).toMatchObject({ actions: { [folder.subject('storefront')]: 'configured', [folder.subject('analytics')]: 'unchanged' } })
    expect(await client().get(refOf(storefront))).toMatchObject({ spec: { viewers: [], ...storefront.spec as object } })
    expect(await client().get(refOf(analytics))).toMatchObject({ spec: { cordoned: true } })

    await Promise.all(names.map(async name => putData({ namespace: folder.namespace(name) })))
    const [keptAnalytics, keptPayments] = await Promise.all([uidsOf({ namespace: folder.namespace('analytics') }), uidsOf({ namespace: folder.namespace('payments') })])
    const left = await reconcile([])
    expect(left.actions).toEqual({ [folder.subject('storefront')]: 'deleted', [folder.subject('analytics')]: 'skipped', [folder.subject('payments')]: 'unknown' })
    expect(left.error).toContain(retained(folder))
    expect(left.inventory).toMatchObject([{ metadata: { name: payments.metadata.name } }])
    expect((await reconcile([])).error, 'is retried each time').toContain(retained(folder))
    await waitUntilGone(folder, 'storefront')
    expect(await uidsOf({ namespace: folder.namespace('analytics') })).toEqual(keptAnalytics)
    expect(await uidsOf({ namespace: folder.namespace('payments') })).toEqual(keptPayments)

    // On purpose, with the command of the message.
    await kubectlOk(['delete', 'tenants.k8s-mtp.dev', payments.metadata.name, '--cascade=orphan'])
    const settled = await reconcile([])
    expect({ error: settled.error, inventory: settled.inventory }).toEqual({ error: undefined, inventory: [] })
    expect(await uidsOf({ namespace: folder.namespace('payments') })).toEqual(keptPayments)

    // The file is restored: the namespace has no owner.
    await reconcile([payments])
    expect((await waitForReason(payments.metadata, 'NamespaceConflict')).message).toContain(`k8s-mtp adopt ${payments.metadata.name} ${folder.namespace('payments')}`)
  })
})

/** Deletes the Tenant with all of its namespaces: the folder retains them. */
async function removeOrders (orders: KubeObject): Promise<void> {
  await breakGlass().patch(refOf(orders), { spec: { deletionPolicy: 'Delete' } })
  await waitForReason(orders.metadata, 'UpToDate')
  await client().delete(refOf(orders))
}

const entriesOf = (orders: KubeObject) => specOf(orders).namespaces as Array<{ name: string }>

describe.concurrent('a Tenant with three environments, applied by Flux', () => {
  test('is applied without repeated writes, and an entry that leaves Git deletes nothing', async context => {
    const folder = folderFor(context)
    const { orders } = folder
    const { metadata: { name } } = orders
    context.onTestFinished(async () => removeOrders(orders))
    const reconcile = fluxKustomization('tenants')
    await fluxKustomization('tenant-classes')(folder.classes)
    await reconcile([orders])
    await waitForReady(orders.metadata)
    const namespaces = async () => (await statusOf(orders.metadata)).namespaces?.map(({ name, className }) => [name, className])
    const class_ = (name: string) => folder.classes.find(({ metadata }) => metadata.name.startsWith(`${name}-`))?.metadata.name
    expect(await namespaces()).toEqual([
      [`tenant-${name}-dev`, class_('standard')], [`tenant-${name}-prod`, class_('production')], [`tenant-${name}-staging`, class_('standard')]
    ])
    await eventually(async () => {
      expect((await reconcile([orders])).actions).toEqual({ [`Tenant/${name}`]: 'unchanged' })
    })

    // Another writer replaces the list, and is corrected.
    await client().patch(refOf(orders), { spec: { namespaces: entriesOf(orders).slice(0, 1) } }, { fieldManager: 'someone' })
    expect((await reconcile([orders])).actions).toEqual({ [`Tenant/${name}`]: 'configured' })
    expect(entriesOf(await client().get(refOf(orders)))).toEqual(entriesOf(orders))
    await waitForReady(orders.metadata)

    const prod = { namespace: `tenant-${name}-prod` }
    await putData(prod)
    const before = await uidsOf(prod)
    await reconcile([changed(orders, { namespaces: entriesOf(orders).slice(0, 1) })])
    await eventually(async () => expect(await client().get(refOf(orders))).toMatchObject({
      status: { conditions: expect.arrayContaining([expect.objectContaining({ type: 'UnlistedNamespaces' })]) as object }
    }))
    expect(await uidsOf(prod)).toEqual(before)
    await reconcile([orders])
    await waitForReady(orders.metadata)
    expect(await uidsOf(prod)).toEqual(before)
  })
})

describe.concurrent('the folder, applied by kubectl', () => {
  const prune = (suffix: string) => ['apply', '-f', '-', '--prune', '--selector', `team=${suffix}`, '--prune-allowlist', 'k8s-mtp.dev/v1/Tenant']
  const labelled = (suffix: string) => (object: KubeObject): KubeObject => ({ ...object, metadata: { ...object.metadata, labels: { team: suffix } } })

  test('has no diff after client-side apply, and --prune deletes what may be deleted', async context => {
    const folder = folderFor(context)
    await kubectlOk(['apply', '-f', '-'], folder.classes)
    const label = labelled(folder.tenants.payments.metadata.name)
    const objects = allOf(folder).map(label)
    const apply = prune(folder.tenants.payments.metadata.name)
    await kubectlOk(apply, objects)
    await kubectlOk(['wait', '--for=condition=Ready', '--timeout=30s', ...objects.map(({ metadata }) => `tenants.k8s-mtp.dev/${metadata.name}`)])

    await expectNoWrites(folder, async () => {
      expect((await kubectlOk(apply, objects)).trim().split('\n').map(line => line.split(' ').at(-1))).toEqual(['unchanged', 'unchanged', 'unchanged'])
    })
    expect(await kubectlOk(['diff', '-f', '-'], objects)).toBe('')
    await expectNoToolMetadata(folder)

    const { analytics, payments, storefront } = folder.tenants
    expect(await kubectlOk(apply, [analytics, payments].map(label))).toContain(`${storefront.metadata.name} pruned`)
    await waitUntilGone(folder, 'storefront')
    const refused = await kubectl(apply, [label(analytics)])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain(retained(folder))
    await waitForReady(payments.metadata)
  })
})

/** The flags that match ServerSideApply=true and ServerSideDiff=true of Argo CD. */
const serverSide = ['--server-side', '--force-conflicts', '--field-manager=argocd-controller']

describe.concurrent('the folder, applied as Argo CD does', () => {
  const apply = ['apply', ...serverSide, '-f', '-']

  /** Adds the tracking annotation and label of Argo CD. */
  const tracked = (object: KubeObject): KubeObject => {
    const { metadata } = object
    return {
      ...object,
      metadata: {
        ...metadata,
        labels: { 'app.kubernetes.io/instance': `tenant-${metadata.name}` },
        annotations: { ...metadata.annotations, 'argocd.argoproj.io/tracking-id': `tenant-${metadata.name}:k8s-mtp.dev/Tenant:/${metadata.name}` }
      }
    }
  }

  test('has no diff, keeps its metadata on the Tenants, and foreground deletion succeeds or is refused', async context => {
    const folder = folderFor(context)
    const objects = allOf(folder).map(tracked)
    await kubectlOk(apply, folder.classes)
    await kubectlOk(apply, objects)
    await waitForAll(folder)
    await expectNoWrites(folder, async () => { await kubectlOk(apply, objects) })
    expect(await kubectlOk(['diff', ...serverSide, '-f', '-'], [...folder.classes, ...objects]), 'Server-Side Diff').toBe('')
    await expectNoToolMetadata(folder)

    const deletion = await kubectl(['delete', '--cascade=foreground', '--wait=false', 'tenants.k8s-mtp.dev', folder.tenants.storefront.metadata.name, folder.tenants.payments.metadata.name])
    expect(deletion.code).toBe(1)
    expect(deletion.stderr).toContain(retained(folder))
    await waitUntilGone(folder, 'storefront')
    await eventually(async () => expect(await client().find(refOf(folder.tenants.storefront))).toBeUndefined())
    await waitForReady(folder.tenants.payments.metadata)
  })

  test('and by Flux too, conflicts for a user without force, and changes at each forced apply', async context => {
    const folder = folderFor(context)
    const { storefront } = folder.tenants
    await kubectlOk(apply, [...folder.classes, tracked(storefront)])
    const theirs = changed(storefront, pods('20'))
    const reconcile = fluxKustomization('tenants')
    expect((await reconcile([theirs])).actions).toEqual({ [folder.subject('storefront')]: 'configured' })

    const person = await kubectl(['apply', '--server-side', '-f', '-'], [storefront])
    expect(person.code).toBe(1)
    expect(person.stderr).toMatch(/conflict.* with "kustomize-controller"[^]*\.spec\.quotas/)
    await kubectlOk(apply, [tracked(storefront)])
    expect((await reconcile([theirs])).actions).toEqual({ [folder.subject('storefront')]: 'configured' })
  })
})

test('the installation has no diff against the API server', async () => {
  const installed = [...readManifests(repositoryPath('crds')), ...readKustomization(repositoryPath('rbac')), ...readKustomization(repositoryPath('metacontroller'))]
    .filter(({ kind }) => kind !== 'CompositeController') // the tests use another hook address
  expect(installed.map(({ kind }) => kind)).toContain('ValidatingAdmissionPolicy')
  expect(await kubectlOk(['diff', ...serverSide, '-f', '-'], installed)).toBe('')
})

test('a new Tenant, as the API server stores it, is in progress for all tools', async () => {
  const stored = await client().create(tenantManifest(uniqueName()), { dryRun: true })
  expect(stored).toMatchObject({ metadata: { generation: 1 }, status: { observedGeneration: -1 } })
  const [verdict] = await verdictsOf([stored])
  expect({ kstatus: verdict?.kstatus.status, flux: verdict?.flux.status, argo: verdict?.argo.status }).toEqual({ kstatus: 'InProgress', flux: 'InProgress', argo: 'Progressing' })
})
