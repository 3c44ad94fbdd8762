import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { nodeName } from '../cluster/node/node.ts'
import type { KubeObject, ObjectRef } from '../cluster/kube-object.ts'
import { as, client, eventually } from '../e2e/context.ts'
import { tenantManifest, uniqueName, waitForReady } from '../e2e/tenants.ts'
import { valueAt } from '../support/value-at.ts'
import { addressOf, agentPod, runPod } from './agent.ts'
import type { Installed } from './installed.ts'
import { kubectl } from './kubectl.ts'
import { acme, globex, plain } from './tenants.ts'

const ada = () => as('ada@acme.example')
const hank = () => as('hank@globex.example')
const podRef = (namespace: string, name: string): ObjectRef => ({ apiVersion: 'v1', kind: 'Pod', namespace, name })

async function podOf (namespace: string, name: string): Promise<KubeObject> {
  return await client().get(podRef(namespace, name))
}

/** Limits, quotas and scheduling at work, on containers that run. */
export function work (installed: () => Installed): void {
  test('a container above its memory limit is killed, and its neighbour is not', async () => {
    // tail keeps all that has no line break.
    await ada().create(agentPod(acme, 'greedy', { container: { command: ['/bin/sh', '-c', 'tail /dev/zero'] }, spec: { restartPolicy: 'Never' } }))
    const ended = await eventually(async () => {
      const state = valueAt(await podOf(acme, 'greedy'), 'status.containerStatuses.0.state.terminated') as { reason: string, exitCode: number } | undefined
      if (state === undefined) throw new Error('it still runs')
      return state
    })
    expect(ended).toMatchObject({ reason: 'OOMKilled', exitCode: 137 })
    expect(valueAt(await podOf(acme, 'one'), 'status.containerStatuses.0.restartCount')).toBe(0)
  })

  test('a container gets the CPU of its limit, and no more', async () => {
    await runPod(agentPod(acme, 'busy', {
      container: {
        command: ['/bin/sh', '-c', 'while :; do :; done'],
        resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '200m', memory: '32Mi' } }
      }
    }), ada())
    const pid = await installed().node.pidOf(acme, 'busy')
    const [before, since] = [cpuOf(pid), Date.now()]
    await sleep(3_000)
    const after = cpuOf(pid)
    expect((after.seconds - before.seconds) / ((Date.now() - since) / 1000)).toBeLessThan(0.25)
    expect(after.throttled).toBeGreaterThan(before.throttled)
    await ada().delete(podRef(acme, 'busy'))
  })

  test('pods above the quota do not start, and the Deployment says why', async () => {
    const name = uniqueName('full')
    const namespace = `tenant-${name}-shop`
    await client().create(tenantManifest(name, { admins: [{ kind: 'User', name: 'ada@full.example' }], quotas: { 'tenant-quota': { pods: '3' } } }))
    await waitForReady({ name })
    const { spec } = agentPod(namespace, 'web')
    const labels = { app: 'web' }
    await as('ada@full.example').create({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace },
      spec: { replicas: 5, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } }
    })
    const status = await eventually(async () => {
      const deployment = await client().get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'web' })
      expect(valueAt(deployment, 'status.readyReplicas')).toBe(3)
      return valueAt(deployment, 'status') as { conditions: { type: string, message: string }[] }
    })
    expect(status.conditions.find(({ type }) => type === 'ReplicaFailure')?.message)
      .toContain('exceeded quota: tenant-quota, requested: pods=1, used: pods=3, limited: pods=3')
    expect((await client().list({ apiVersion: 'v1', kind: 'Pod' }, { namespace })).items).toHaveLength(3)
    await client().delete({ apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', name })
  })

  test('a drain waits for a PodDisruptionBudget, and goes on when it allows', async () => {
    await runPod(agentPod(acme, 'guarded', { labels: { guarded: 'yes' } }), ada())
    await ada().create({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'guarded', namespace: acme },
      spec: { minAvailable: 1, selector: { matchLabels: { guarded: 'yes' } } }
    })
    await eventually(async () => expect(valueAt(await client().get({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', namespace: acme, name: 'guarded' }), 'status.currentHealthy')).toBe(1))
    const drain = ['drain', nodeName, '--pod-selector=guarded=yes', '--force', '--timeout=4s']
    try {
      expect(await kubectl(installed(), drain)).toMatchObject({ code: 1, stderr: expect.stringContaining("Cannot evict pod as it would violate the pod's disruption budget") })
      await ada().patch({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', namespace: acme, name: 'guarded' }, { spec: { minAvailable: 0 } })
      await eventually(async () => expect(await kubectl(installed(), drain)).toMatchObject({ code: 0 }))
      expect(await client().find(podRef(acme, 'guarded'))).toBeUndefined()
    } finally {
      await kubectl(installed(), ['uncordon', nodeName])
    }
  })

  test('a taint keeps pods away, except those that tolerate it', async () => {
    const taint = 'example.com/team=globex:NoSchedule'
    await kubectl(installed(), ['taint', 'nodes', nodeName, taint])
    try {
      await ada().create(agentPod(acme, 'kept-away'))
      await ada().create(agentPod(acme, 'tolerant', { spec: { tolerations: [{ key: 'example.com/team', operator: 'Exists', effect: 'NoSchedule' }] } }))
      await addressOf(agentPod(acme, 'tolerant'))
      await expect(hank().create(agentPod(globex, 'tolerant', { spec: { tolerations: [{ operator: 'Exists' }] } })))
        .rejects.toThrow('TenantClass open does not allow the toleration of all taints: spec.workloads.pods.tolerations lists none')
      await eventually(async () => expect(valueAt(await podOf(acme, 'kept-away'), 'status.conditions.0.message')).toContain('had untolerated taint(s)'))
    } finally {
      await kubectl(installed(), ['taint', 'nodes', nodeName, `${taint}-`])
    }
    await addressOf(agentPod(acme, 'kept-away'))
    for (const name of ['kept-away', 'tolerant']) await ada().delete(podRef(acme, name))
  })

  test('a pod of higher priority takes the place of one of a lower, also of another namespace', async () => {
    const resource = 'example.com~1slot'
    await client().patch({ apiVersion: 'v1', kind: 'Node', name: nodeName }, [{ op: 'add', path: `/status/capacity/${resource}`, value: '1' }], { type: 'json', subresource: 'status' })
    const slot = { resources: { requests: { cpu: '10m', memory: '16Mi', 'example.com/slot': '1' }, limits: { cpu: '100m', memory: '64Mi', 'example.com/slot': '1' } } }
    await client().create({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high' }, value: 1000 })
    await eventually(async () => expect(valueAt(await client().get({ apiVersion: 'v1', kind: 'Node', name: nodeName }), 'status.allocatable')).toHaveProperty(['example.com/slot']), { timeout: 30_000 })
    await runPod(agentPod(plain, 'low', { container: slot }))
    await runPod(agentPod(acme, 'high', { container: slot, spec: { priorityClassName: 'high' } }), ada())
    await eventually(async () => expect(await client().find(podRef(plain, 'low')) === undefined).toBe(true))
    await ada().delete(podRef(acme, 'high'))
  })
}

/** The CPU time of a container in seconds, and how often it was throttled. cgroups of version 1 have the time in a file of its own. */
function cpuOf (pid: number): { seconds: number, throttled: number } {
  const read = (controller: string, file: string): string => {
    const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').split('\n').map(line => line.split(':'))
    const isV2 = existsSync('/sys/fs/cgroup/cgroup.controllers')
    const [, , path = ''] = lines.find(([, names = '']) => isV2 ? names === '' : names.split(',').includes(controller)) ?? []
    return readFileSync(`/sys/fs/cgroup/${isV2 ? '' : controller}${path}/${file}`, 'utf8')
  }
  const stat = read('cpu', 'cpu.stat')
  const [, microseconds] = /usage_usec (\d+)/.exec(stat) ?? []
  return {
    seconds: microseconds === undefined ? Number(read('cpuacct', 'cpuacct.usage')) / 1e9 : Number(microseconds) / 1e6,
    throttled: Number(/nr_throttled (\d+)/.exec(stat)?.[1])
  }
}
