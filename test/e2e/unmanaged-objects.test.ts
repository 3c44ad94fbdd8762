import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { isNotFound } from '../cluster/api-error.ts'
import { refOf, type KubeObject } from '../cluster/kube-object.ts'
import { classRef, createClass } from './classes.ts'
import { k8sMtp } from './cli.ts'
import { auditWrites, breakGlass, client, eventually } from './context.ts'
import { changeTenant, declaredPart, objectsOf, readyTenant, refIn, waitForReady, waitForReason, type TestTenant } from './tenants.ts'

const team = { app: 'theirs' }

/** An object that a user wrote under the name of one of the Tenant's. */
function theirs (object: KubeObject): KubeObject {
  const { apiVersion, kind, metadata: { name, namespace = '' } } = object
  const contents: Record<string, object> = {
    LimitRange: { spec: { limits: [{ type: 'Pod', max: { cpu: '7' } }] } },
    ResourceQuota: { spec: { hard: { pods: '7' } } },
    WorkloadPolicy: { spec: { ...object['spec'] as object, ingressClasses: ['theirs'] } },
    NetworkPolicy: { spec: { podSelector: { matchLabels: team }, ingress: [{}], policyTypes: ['Ingress'] } },
    Role: { rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }] },
    RoleBinding: {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'bob' }]
    }
  }
  return { apiVersion, kind, metadata: { name, namespace, labels: team }, ...contents[kind] }
}

/** The writes of the engine that the API server accepted for an object. */
async function accepted (since: number, { namespace }: TestTenant, { metadata: { name } }: KubeObject): Promise<string[]> {
  return (await auditWrites(since)).filter(write => write.namespace === namespace && write.name === name && write.code < 300)
    .filter(({ user }) => user.includes('metacontroller')).map(({ verb, resource }) => `${verb} ${resource}`)
}

describe('an unmanaged object with a declared name', () => {
  test('keeps its content, whichever kind it has, until it is adopted', async () => {
    const tenant = await readyTenant({ admins: [{ kind: 'User', name: 'ada' }] })
    const declared = (await objectsOf(tenant)).filter(({ kind }) => kind !== 'Namespace')
    expect(new Set(declared.map(({ kind }) => kind)).size).toBe(6)
    await changeTenant(tenant, { paused: true })
    await waitForReason(tenant, 'Paused')
    for (const object of declared) {
      // Under server-side apply Metacontroller may apply a quota once more that it still observes: then it exists again.
      await eventually(async () => {
        await breakGlass().delete(refOf(object)).catch(isNotFound)
        await breakGlass().create(theirs(object), { fieldManager: 'their-tool' })
      })
    }
    const created = await Promise.all(declared.map(object => client().get(refOf(object))))
    const since = Date.now()
    await changeTenant(tenant, { paused: null })
    const pending = await waitForReason(tenant, 'ObjectsPending')
    for (const { kind, metadata: { name } } of declared.slice(0, 3)) expect(pending.message).toContain(`${kind}/${name}`)
    // Changes of the Tenant cause more syncs.
    for (const name of ['bob', 'eve']) await changeTenant(tenant, { viewers: [{ kind: 'User', name }] })
    await sleep(2_000)
    expect(await Promise.all(declared.map(object => client().get(refOf(object)).then(declaredPart)))).toEqual(created.map(declaredPart))
    for (const object of declared) expect(await accepted(since, tenant, object)).toEqual([])

    const { stdout } = await k8sMtp(['adopt', tenant.name, tenant.namespace])
    for (const { kind, metadata: { name } } of declared) {
      expect(stdout).toMatch(new RegExp(`~ ${kind}/${name}  unmanaged until now; its content is replaced;.* written by .*their-tool`))
    }
    expect(await k8sMtp(['adopt', tenant.name, tenant.namespace, '--yes'])).toMatchObject({ code: 0, stderr: '' })
    await waitForReady(tenant)
  })

  test('keeps its content when its name is added to the class, and gives it up when it is deleted', async () => {
    const className = await createClass()
    const tenant = await readyTenant({ className })
    const name = 'allow-ingress'
    const ref = { ...refIn(tenant, 'NetworkPolicy', name) }
    const before = await breakGlass().create(theirs({ ...ref, metadata: { name, namespace: tenant.namespace } }))
    const policy = { name, ingress: [{ peers: [{ namespace: 'ingress-nginx' }] }] }
    await client().patch(classRef(className), { spec: { network: { policies: [policy] } } })
    await waitForReason(tenant, 'ObjectsPending')
    await sleep(2_000)
    expect(declaredPart(await client().get(ref))).toEqual(declaredPart(before))
    await breakGlass().delete(ref)
    await client().patch(tenant.ref, { metadata: { annotations: { touched: 'yes' } } })
    await waitForReady(tenant)
    expect(await client().get(ref)).toHaveProperty('spec.ingress[0].from[0].namespaceSelector.matchLabels', {
      'kubernetes.io/metadata.name': 'ingress-nginx'
    })
  })
})

describe('the names of a Tenant', () => {
  test.each([
    ['Role', 'tenant-auditor'], ['RoleBinding', 'tenant-admin-0'], ['ResourceQuota', 'tenant-gpu'], ['LimitRange', 'tenant-limits-2'],
    ['NetworkPolicy', 'tenant-web'], ['NetworkPolicy', 'default-deny']
  ])('are reserved in its namespace: %s %s', async (kind, name) => {
    // Otherwise another guardrail refuses the objects, whatever their names.
    const className = await createClass({ allowedAuthors: [{ kind: 'Group', name: 'system:authenticated' }] })
    const tenant = await readyTenant({ className, admins: [{ kind: 'User', name: 'ada' }] })
    const object = theirs({ ...refIn(tenant, kind, name), metadata: { name, namespace: tenant.namespace } })
    if (name === 'default-deny') {
      await changeTenant(tenant, { paused: true })
      await waitForReason(tenant, 'Paused')
      await breakGlass().delete(refOf(object))
    }
    await expect(client().create(object, { dryRun: true })).rejects.toThrow('is reserved for k8s-mtp')
    await expect(client().apply(object, { fieldManager: 'their-tool', dryRun: true })).rejects.toThrow('is reserved for k8s-mtp')
    const { name: _, ...metadata } = object.metadata
    await expect(client().create({ ...object, metadata: { ...metadata, generateName: 'tenant-' } } as KubeObject, { dryRun: true }))
      .rejects.toThrow('is reserved for k8s-mtp')
    await eventually(async () => client().create({ ...object, metadata: { ...metadata, name: 'other' } }, { dryRun: true }))
  })
})
