import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refOf } from '../cluster/kube-object.ts'
import { asExempt, breakGlass, client, eventually } from './context.ts'
import { pod, service } from './guarded-tenant.ts'
import { readyTenant, refIn, removeTenant } from './tenants.ts'
import { cleanupChanges, frozenChanges, podStatusChanges, terminatingNamespace, type TerminatingNamespace } from './terminating-namespace.ts'

let terminating: TerminatingNamespace
beforeAll(async () => { terminating = await terminatingNamespace() }, 90_000)
afterAll(async () => { await terminating.finish() }, 120_000)

const dryRun = { dryRun: true }
const inKubeSystem = (name: string) => asExempt(`system:serviceaccount:kube-system:${name}`)

describe('in a terminating namespace without a WorkloadPolicy', () => {
  test.each([...frozenChanges, ...podStatusChanges])('no user sets $it ($rule)', async ({ says, ref, patch, options }) => {
    const write = async (who: typeof breakGlass) => who().patch(terminating.ref(ref), patch, { ...dryRun, ...options })
    await expect(write(breakGlass)).resolves.toBeDefined()
    // Only cluster administrators have permissions after the RoleBindings are gone.
    for (const who of [client, () => inKubeSystem('namespace-controller'), () => inKubeSystem('generic-garbage-collector')]) {
      await expect(write(who)).rejects.toMatchObject({ code: 403, message: expect.stringContaining(says) as string })
    }
  })

  test.each(cleanupChanges)('users and controllers set $it', async ({ ref, patch, options }) => {
    await expect(client().patch(terminating.ref(ref), patch, { ...dryRun, ...options })).resolves.toBeDefined()
  })

  test('controllers write their fields', async () => {
    const address = { subsets: [{ addresses: [{ ip: '10.244.0.7' }], ports: [{ port: 80 }] }] }
    await inKubeSystem('endpoint-controller').patch(terminating.ref('Endpoints'), address, dryRun)
    await inKubeSystem('endpointslice-controller').patch(terminating.ref('EndpointSlice'), { endpoints: [{ addresses: ['10.244.0.7'] }] }, dryRun)
    const [node, podCollector] = [asExempt('system:node:n1', ['system:nodes']), inKubeSystem('pod-garbage-collector')]
    const write = async (who: typeof node, status: object) => who.patch(terminating.ref('Pod'), { status }, { ...dryRun, subresource: 'status' })
    await write(node, { podIP: '10.244.0.7', podIPs: [{ ip: '10.244.0.7' }], phase: 'Failed' })
    await write(podCollector, { phase: 'Failed' })
  })
})

test('an external IP is refused after the namespace controller itself has deleted the WorkloadPolicy, and the namespace finishes', async () => {
  const going = await readyTenant()
  const { namespace } = going
  await eventually(async () => { await client().create(pod(namespace, {}), dryRun) })
  const made = service(namespace, {})
  const web = refOf(await client().create({ ...made, metadata: { ...made.metadata, finalizers: ['k8s-mtp.example/kept'] } }))
  const attack = async () => client().patch(web, { spec: { externalIPs: ['8.8.8.8'] } })
  await removeTenant(going.name)
  const seen = new Set<string>()
  // Before, between and after: a moment without a check would be enough.
  await eventually(async () => {
    seen.add(await attack().then(() => 'allowed', (error: unknown) => /ValidatingAdmissionPolicy '([\w-]+)'/.exec(String(error))?.[1] ?? String(error)))
    expect(await client().find(refIn(going, 'WorkloadPolicy', 'tenant-workloads'))).toBeUndefined()
  })
  for (let attempt = 0; attempt < 20; attempt++) {
    await expect(attack()).rejects.toMatchObject({ code: 403, message: expect.stringContaining('k8s-mtp-terminating-namespaces') as string })
  }
  expect([...seen].filter(each => !['k8s-mtp-workloads-services', 'k8s-mtp-terminating-namespaces'].includes(each))).toEqual([])
  await client().patch(web, { metadata: { finalizers: null } })
  await eventually(async () => expect(await client().find({ apiVersion: 'v1', kind: 'Namespace', name: namespace })).toBeUndefined(), { timeout: 60_000 })
}, 120_000)
