import { expect, test } from 'vitest'
import type { KubeObject, ObjectRef } from '../cluster/kube-object.ts'
import { breakGlass, client, eventually } from '../e2e/context.ts'
import { remove, tenantManifest, uniqueName, waitForReady } from '../e2e/tenants.ts'
import { agentPod, runPod } from './agent.ts'
import type { Installed } from './installed.ts'
import { acme, plain } from './tenants.ts'
import { isOpen, openWhile, probe } from './probe.ts'

/** What packets do while isolation changes. */
export function changes (installed: () => Installed): void {
  const policies = ['default-deny', 'allow-same-namespace', 'allow-dns'].map((name): ObjectRef =>
    ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace: acme, name }))

  /** When connections from plain to an address were answered, in milliseconds after something happened. */
  async function openAfter (address: string, milliseconds: number, happens: () => Promise<unknown>): Promise<number[]> {
    let start = 0
    const open = await openWhile({ pid: await installed().node.pidOf(plain, 'pod') }, address, milliseconds, async () => {
      start = Date.now()
      await happens()
    })
    return open.map(moment => moment - start)
  }

  /** Runs a pod, and waits until it is filtered, which is a moment after it runs. Returns its address. */
  async function isolated (pod: KubeObject): Promise<string> {
    const host = await runPod(pod)
    const from = { pid: await installed().node.pidOf(plain, 'pod') }
    await eventually(async () => expect((await probe(from, [{ protocol: 'tcp', host, port: 8080 }])).filter(isOpen)).toEqual([]))
    return host
  }

  test('nothing is open while one NetworkPolicy is deleted: the others isolate too', async () => {
    const [policy] = policies
    const address = await isolated(agentPod(acme, uniqueName('drift')))
    expect(await openAfter(address, 4_000, async () => { if (policy !== undefined) await deleteAndAwait([policy]) })).toEqual([])
  })

  test('all NetworkPolicies deleted at once are back before packets notice, or soon after', async () => {
    const address = await isolated(agentPod(acme, uniqueName('drift')))
    const open = await openAfter(address, 6_000, async () => await deleteAndAwait(policies))
    console.log(`all NetworkPolicies deleted: ${open.length} connections, until ${open.at(-1) ?? 0} ms after it`)
    expect(open.filter(moment => moment > 4_000)).toEqual([])
  })

  // Kubernetes deletes the pods of a namespace first, and other objects once they are gone.
  test('a pod that goes on while its namespace terminates stays isolated', async () => {
    const name = uniqueName('ending')
    const namespace = `tenant-${name}-shop`
    await client().create(tenantManifest(name, { admins: [{ kind: 'User', name: 'ada@ending.example' }] }))
    await waitForReady({ name })
    const address = await isolated(agentPod(namespace, 'stays', {
      spec: { terminationGracePeriodSeconds: 20 }, container: { env: [{ name: 'STAY', value: 'yes' }] }
    }))
    const open = await openAfter(address, 7_000, async () => {
      await remove({ apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', name })
      await eventually(async () => expect((await client().get({ apiVersion: 'v1', kind: 'Namespace', name: namespace })).metadata).toHaveProperty('deletionTimestamp'))
    })
    expect(await client().find({ apiVersion: 'v1', kind: 'Pod', namespace, name: 'stays' })).toBeDefined()
    expect(open).toEqual([])
  })

  test('what is open is seen as open', async () => {
    const address = await runPod(agentPod(plain, uniqueName('open')))
    expect((await openAfter(address, 1_000, async () => {})).length).toBeGreaterThan(10)
  })
}

async function deleteAndAwait (refs: ObjectRef[]): Promise<void> {
  await Promise.all(refs.map(async ref => await breakGlass().delete(ref)))
  await Promise.all(refs.map(async ref => await eventually(async () => await client().get(ref))))
}
