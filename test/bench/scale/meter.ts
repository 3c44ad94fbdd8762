import { setTimeout as sleep } from 'node:timers/promises'
import { readAuditWrites } from '../../cluster/audit.ts'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { probe } from '../../cluster/http.ts'
import type { Platform } from '../../cluster/platform.ts'
import { cpuSeconds } from '../processes.ts'
import { sumOf, writesOf, type Cpu, type Usage } from './usage.ts'

/** What is measured: a control plane, perhaps with a hook and an engine. */
export interface Measured extends Partial<Pick<Platform, 'hook' | 'engine'>> { controlPlane: ControlPlane }

/** Measures what all processes do meanwhile. */
export async function measure ({ controlPlane, hook, engine }: Measured, work: () => Promise<unknown>): Promise<Usage> {
  const { client, auditLog, apiserver, etcd, controllerManager } = controlPlane
  const cpu = (): Cpu => ({
    apiserver: cpuSeconds(apiserver),
    etcd: cpuSeconds(etcd),
    controllerManager: cpuSeconds(controllerManager),
    ...(hook !== undefined && { hook: cpuSeconds(hook) }),
    ...(engine !== undefined && { engine: cpuSeconds(engine) })
  })
  // Reading the metrics costs CPU of its own, so it is not measured.
  const counts = async (): Promise<number[]> => {
    const ofServer = String(await client.request('GET', '/metrics'))
    const ofHook = hook === undefined ? '' : (await probe(`${hook.url}/metrics`)).text
    return [
      ...['sync', 'customize'].map(name => sumOf(ofHook, 'k8s_mtp_sync_requests_total', { hook: name })),
      ...['tenants', 'tenantnamespaces'].map(resource => sumOf(ofServer, 'apiserver_request_total', { resource, verb: 'GET' }))
    ]
  }
  const countsBefore = await counts()
  const [start, cpuBefore] = [Date.now(), cpu()]
  await work()
  const [end, cpuAfter] = [Date.now(), cpu()]
  const [syncs = 0, customizes = 0, tenants = 0, tenantNamespaces = 0] =
    (await counts()).map((count, index) => count - (countsBefore[index] ?? 0))
  return {
    seconds: (end - start) / 1000,
    cpuSeconds: difference(cpuBefore, cpuAfter),
    ...writesOf(readAuditWrites(auditLog, start).filter(({ time }) => time <= end)),
    syncs,
    customizes,
    getsOfParents: tenants + tenantNamespaces
  }
}

function difference (before: Cpu, after: Cpu): Cpu {
  const parts = Object.entries(after) as Array<[keyof Cpu, number]>
  return Object.fromEntries(parts.map(([part, seconds]) => [part, seconds - (before[part] ?? 0)])) as unknown as Cpu
}

/** Waits until there are no writes for some seconds. */
export async function settle ({ controlPlane: { auditLog } }: Measured, quietSeconds = 3): Promise<void> {
  const deadline = Date.now() + 300_000
  do await sleep(250)
  while (Date.now() < deadline && writesOf(readAuditWrites(auditLog, Date.now() - quietSeconds * 1000)).writes.all > 0)
  if (Date.now() >= deadline) throw new Error('there are still writes after 300 s')
}
