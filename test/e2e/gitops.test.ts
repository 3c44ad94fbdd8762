import { describe, expect, test, type TestContext } from 'vitest'
import { refOf, type KubeObject } from '../cluster/kube-object.ts'
import { readKustomization, readManifests } from '../cluster/manifests.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { verdictsOf } from '../gitops/readers.ts'
import { client, eventually } from './context.ts'
import { changed, exampleFolder, marksOnChildren, names, type Folder, type Name } from './gitops/folder.ts'
import { fluxKustomization, kubectl, kubectlOk } from './gitops/programs.ts'
import { namespaceRef } from './guardrails/world.ts'
import { putData, tenantManifest, uidsOf, uniqueName, waitForReady, waitForReason } from './tenants.ts'

const allOf = ({ tenants }: Folder): KubeObject[] => names.map(name => tenants[name])
const pods = (amount: string): object => ({ quotas: { 'tenant-quota': { pods: amount } } })

/** They run side by side, as most of their time is the end of namespaces. */
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

/** Applies again what is there, and sees that it writes nothing; the engine may be writing a status just then, so more than once if need be. */
async function expectAtRest (folder: Folder, applyAgain: () => Promise<void>): Promise<void> {
  await eventually(async () => {
    const before = await versionsOf(folder)
    await applyAgain()
    expect(await versionsOf(folder)).toEqual(before)
  }, { interval: 200 })
}

async function expectNoMarks (folder: Folder): Promise<void> {
  expect((await Promise.all(names.map(async name => marksOnChildren(folder.namespace(name))))).flat()).toEqual([])
}

async function waitUntilGone (folder: Folder, name: Name): Promise<void> {
  await eventually(async () => expect(await client().find(namespaceRef(folder.namespace(name)))).toBeUndefined(), { timeout: 30_000, interval: 200 })
}

const everyAction = (folder: Folder, action: string) => Object.fromEntries(names.map(name => [folder.subject(name), action]))
const retained = ({ tenants: { payments } }: Folder) => `Tenant ${payments.metadata.name} has the deletionPolicy Retain: delete it with kubectl delete tenants.k8s-mtp.dev ${payments.metadata.name} --cascade=orphan`

describe.concurrent('the folder as Flux brings it', () => {
  test('brings no other kind, whatever is merged', async context => {
    const { metadata: { name } } = folderFor(context).tenants.payments
    const binding = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' }, subjects: [] }
    const { actions, error } = await fluxKustomization('tenants')([binding])
    expect({ actions, error }).toEqual({ actions: {}, error: expect.stringMatching(/system:serviceaccount:flux-system:tenants.* cannot (get|patch) resource .*clusterrolebindings/) as unknown })
    expect(await client().find(refOf(binding))).toBeUndefined()
  })

  test('is applied once, is put back where it was changed, and what leaves it goes, stays or is refused as it says', async context => {
    const folder = folderFor(context)
    const { tenants: { analytics, payments, storefront } } = folder
    await fluxKustomization('tenant-classes')(folder.classes)
    const reconcile = fluxKustomization('tenants')
    expect(await reconcile(allOf(folder))).toMatchObject({ actions: everyAction(folder, 'created') })
    await waitForAll(folder)

    // Neither defaults nor the status make it flap.
    await expectAtRest(folder, async () => {
      expect(await reconcile(allOf(folder))).toMatchObject({ actions: everyAction(folder, 'unchanged') })
    })
    await expectNoMarks(folder)

    expect(await reconcile([analytics, payments, changed(storefront, pods('45'))])).toMatchObject({
      actions: { ...everyAction(folder, 'unchanged'), [folder.subject('storefront')]: 'configured' }
    })

    // One Tenant that is refused holds up all others.
    const refused = await reconcile([analytics, changed(payments, { name: 'other' }), changed(storefront, pods('50'))])
    expect(refused).toMatchObject({ actions: {}, error: expect.stringContaining('spec.name cannot be changed') as string })
    expect(await client().get(refOf(storefront))).toMatchObject({ spec: pods('45') })

    // What Git says is put back, an empty list too; what Git does not say stays, and Flux sees nothing.
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
    expect((await reconcile([])).error, 'it is tried again each time').toContain(retained(folder))
    await waitUntilGone(folder, 'storefront')
    expect(await uidsOf({ namespace: folder.namespace('analytics') })).toEqual(keptAnalytics)
    expect(await uidsOf({ namespace: folder.namespace('payments') })).toEqual(keptPayments)

    // On purpose, as it was told.
    await kubectlOk(['delete', 'tenants.k8s-mtp.dev', payments.metadata.name, '--cascade=orphan'])
    const settled = await reconcile([])
    expect({ error: settled.error, inventory: settled.inventory }).toEqual({ error: undefined, inventory: [] })
    expect(await uidsOf({ namespace: folder.namespace('payments') })).toEqual(keptPayments)

    // Back again: what it has left belongs to nobody now.
    await reconcile([payments])
    expect((await waitForReason(payments.metadata, 'NamespaceConflict')).message).toContain(`k8s-mtp adopt ${payments.metadata.name} ${folder.namespace('payments')}`)
  })
})

describe.concurrent('the folder as kubectl brings it', () => {
  const prune = (suffix: string) => ['apply', '-f', '-', '--prune', '--selector', `team=${suffix}`, '--prune-allowlist', 'k8s-mtp.dev/v1/Tenant']
  const labelled = (suffix: string) => (object: KubeObject): KubeObject => ({ ...object, metadata: { ...object.metadata, labels: { team: suffix } } })

  test('client-side is applied once, differs in nothing, and --prune takes away what may go', async context => {
    const folder = folderFor(context)
    await kubectlOk(['apply', '-f', '-'], folder.classes)
    const label = labelled(folder.tenants.payments.metadata.name)
    const objects = allOf(folder).map(label)
    const apply = prune(folder.tenants.payments.metadata.name)
    await kubectlOk(apply, objects)
    await kubectlOk(['wait', '--for=condition=Ready', '--timeout=30s', ...objects.map(({ metadata }) => `tenants.k8s-mtp.dev/${metadata.name}`)])

    await expectAtRest(folder, async () => {
      expect((await kubectlOk(apply, objects)).trim().split('\n').map(line => line.split(' ').at(-1))).toEqual(['unchanged', 'unchanged', 'unchanged'])
    })
    expect(await kubectlOk(['diff', '-f', '-'], objects)).toBe('')
    await expectNoMarks(folder)

    const { analytics, payments, storefront } = folder.tenants
    expect(await kubectlOk(apply, [analytics, payments].map(label))).toContain(`${storefront.metadata.name} pruned`)
    await waitUntilGone(folder, 'storefront')
    const refused = await kubectl(apply, [label(analytics)])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain(retained(folder))
    await waitForReady(payments.metadata)
  })
})

/** As Argo CD applies with ServerSideApply=true, and asks for the difference with ServerSideDiff=true. */
const serverSide = ['--server-side', '--force-conflicts', '--field-manager=argocd-controller']

describe.concurrent('the folder as Argo CD brings it', () => {
  const apply = ['apply', ...serverSide, '-f', '-']

  /** With what Argo CD puts on objects to know them again, by annotation and by label. */
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

  test('is applied once, its marks stay on the Tenants, and a deletion in the foreground ends or is refused', async context => {
    const folder = folderFor(context)
    const objects = allOf(folder).map(tracked)
    await kubectlOk(apply, folder.classes)
    await kubectlOk(apply, objects)
    await waitForAll(folder)
    await expectAtRest(folder, async () => { await kubectlOk(apply, objects) })
    expect(await kubectlOk(['diff', ...serverSide, '-f', '-'], [...folder.classes, ...objects]), 'Server-Side Diff').toBe('')
    await expectNoMarks(folder)

    const deletion = await kubectl(['delete', '--cascade=foreground', '--wait=false', 'tenants.k8s-mtp.dev', folder.tenants.storefront.metadata.name, folder.tenants.payments.metadata.name])
    expect(deletion.code).toBe(1)
    expect(deletion.stderr).toContain(retained(folder))
    await waitUntilGone(folder, 'storefront')
    await eventually(async () => expect(await client().find(refOf(folder.tenants.storefront))).toBeUndefined())
    await waitForReady(folder.tenants.payments.metadata)
  })

  test('and by Flux as well shows: a conflict to whoever does not force, and a change each time to those who do', async context => {
    const folder = folderFor(context)
    const { storefront } = folder.tenants
    await kubectlOk(apply, [...folder.classes, tracked(storefront)])
    const theirs = changed(storefront, pods('30'))
    const reconcile = fluxKustomization('tenants')
    expect((await reconcile([theirs])).actions).toEqual({ [folder.subject('storefront')]: 'configured' })

    const person = await kubectl(['apply', '--server-side', '-f', '-'], [storefront])
    expect(person.code).toBe(1)
    expect(person.stderr).toMatch(/conflict.* with "kustomize-controller"[^]*\.spec\.quotas/)
    await kubectlOk(apply, [tracked(storefront)])
    expect((await reconcile([theirs])).actions).toEqual({ [folder.subject('storefront')]: 'configured' })
  })
})

test('what installs k8s-mtp differs in nothing from what the API server has made of it', async () => {
  const installed = [...readManifests(repositoryPath('crds')), ...readKustomization(repositoryPath('rbac')), ...readKustomization(repositoryPath('metacontroller'))]
    .filter(({ kind }) => kind !== 'CompositeController') // of the tests: its hook is elsewhere
  expect(installed.map(({ kind }) => kind)).toContain('ValidatingAdmissionPolicy')
  expect(await kubectlOk(['diff', ...serverSide, '-f', '-'], installed)).toBe('')
})

test('a Tenant that nobody has looked at yet is under way for all of them, as the API server stores it', async () => {
  const stored = await client().create(tenantManifest(uniqueName()), { dryRun: true })
  expect(stored).toMatchObject({ metadata: { generation: 1 }, status: { observedGeneration: -1 } })
  const [said] = await verdictsOf([stored])
  expect({ kstatus: said?.kstatus.status, flux: said?.flux.status, argo: said?.argo.status }).toEqual({ kstatus: 'InProgress', flux: 'InProgress', argo: 'Progressing' })
})
