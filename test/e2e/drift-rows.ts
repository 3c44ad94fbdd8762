import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { ApiError } from '../cluster/api-error.ts'
import { ENGINE_USER } from '../cluster/credentials.ts'
import type { KubeObject, ObjectRef } from '../cluster/kube-object.ts'
import { auditWrites, breakGlass, client, eventually, platform } from './context.ts'
import { rowsOf, type Row } from './drift-table.ts'
import { createTenant, declaredPart, objectsOf, refIn, uniqueName, waitForReady, type TestTenant } from './tenants.ts'

/** The result of a row: corrected after some milliseconds, refused by the API server, or defaulted to the same value. */
export type Outcome = Row & ({ result: 'corrected', milliseconds: number } | { result: 'refused' | 'unchanged' })

/** One object of each kind, and all NetworkPolicies that every Tenant has, or that a Tenant adds. */
const sampled = [
  'Namespace/', 'LimitRange/tenant-limits', 'ResourceQuota/tenant-quota', 'WorkloadPolicy/tenant-workloads',
  'NetworkPolicy/default-deny', 'NetworkPolicy/allow-dns', 'NetworkPolicy/allow-same-namespace',
  'NetworkPolicy/tenant-allow', 'NetworkPolicy/tenant-peers',
  'Role/tenant-viewer', 'RoleBinding/tenant-admin', 'RoleBinding/tenant-viewer'
]

export async function allRows (tenant: TestTenant): Promise<Row[]> {
  const { engine: { strategy } } = platform()
  const isSampled = ({ kind, metadata }: KubeObject) => sampled.includes(`${kind}/${kind === 'Namespace' ? '' : metadata.name}`)
  return (await objectsOf(tenant)).filter(isSampled).flatMap(object => rowsOf(object, strategy))
}

/** Runs all rows at once, with a Tenant for each, and checks that no writes follow. */
export async function runRows (rows: Row[], spec: object): Promise<Outcome[]> {
  const batch = uniqueName('row')
  const start = performance.now()
  const tenants = await Promise.all(rows.map(async (_, index) => createTenant(spec, `${batch}-${index}`)))
  await Promise.all(tenants.map(async tenant => waitForReady(tenant, { timeout: 60_000, interval: 200 })))
  console.log(`${rows.length} Tenants ready after ${Math.round(performance.now() - start)} ms`)
  const settled = await Promise.allSettled(rows.map(async (row, index) => runRow(row, tenantAt(tenants, index))))
  expect(settled.flatMap(result => result.status === 'rejected' ? [String(result.reason)] : [])).toEqual([])
  const outcomes = settled.flatMap(result => result.status === 'fulfilled' ? [result.value] : [])
  await expectNoWrites(tenants, rows)
  return outcomes
}

function tenantAt (tenants: TestTenant[], index: number): TestTenant {
  const tenant = tenants[index]
  if (tenant === undefined) throw new Error(`no Tenant for row ${index}`)
  return tenant
}

async function runRow (row: Row, tenant: TestTenant): Promise<Outcome> {
  const ref = refIn(tenant, row.kind, row.name)
  const before = await client().get(ref)
  const start = performance.now()
  try {
    const after = row.patch === undefined ? await breakGlass().delete(ref) : await breakGlass().patch(ref, row.patch)
    if (after.metadata.resourceVersion === before.metadata.resourceVersion) return { ...row, result: 'unchanged' }
  } catch (error) {
    if (error instanceof ApiError && [400, 422].includes(error.code)) return { ...row, result: 'refused' }
    throw error
  }
  const milliseconds = await eventually(async () => {
    expect(comparable(await client().get(ref)), nameOf(row)).toEqual(comparable(before))
    return Math.round(performance.now() - start)
  }, { interval: 20 })
  if (row.unreported === undefined) await expectReport(row, tenant, ref)
  return { ...row, result: 'corrected', milliseconds }
}

function comparable (object: KubeObject): object {
  const record = object.metadata.annotations?.['k8s-mtp.dev/corrected'] ?? '20'
  const { subjects, ...declared } = declaredPart(object)
  // Their order has no meaning.
  const inOrder = Array.isArray(subjects) ? { subjects: subjects.map(subject => JSON.stringify(subject)).sort() } : {}
  return { ...declared, ...inOrder, owners: object.metadata.ownerReferences, recordIsValid: record.startsWith('20') }
}

export function nameOf ({ kind, name, field, damage }: Row): string {
  return `${damage} ${kind}/${name} ${field}`
}

/** Expects the record on the object and in the status. An engine with an outdated cache may write it again, with a later time. */
async function expectReport (row: Row, tenant: TestTenant, ref: ObjectRef): Promise<void> {
  await eventually(async () => {
    const { metadata } = await client().get(ref)
    const record = metadata.annotations?.['k8s-mtp.dev/corrected'] ?? ''
    const [time = '', ...what] = record.split(' ')
    expect(Date.now() - Date.parse(time), `${nameOf(row)}: ${record}`).toBeLessThan(30_000)
    const { status } = await client().get(tenant.ref) as KubeObject & { status: { corrected?: object[] } }
    expect(status.corrected, nameOf(row)).toContainEqual({
      object: `${row.kind}/${ref.name}`,
      ...(row.kind !== 'Namespace' && { namespace: tenant.namespace }),
      what: what.join(' '),
      time
    })
  }, { interval: 100 })
}

/** Waits until the engine is idle for all Tenants, then expects no writes for a while, also none of their status. */
async function expectNoWrites (tenants: TestTenant[], rows: Row[]): Promise<void> {
  const rowOf = new Map(tenants.flatMap(({ name, namespace }, index) => {
    const row = rows[index]
    return row === undefined ? [] : [name, namespace].map(key => [key, nameOf(row)] as const)
  }))
  const writes = async (milliseconds: number) => {
    const since = Date.now()
    await sleep(milliseconds)
    return (await auditWrites(since)).filter(({ user }) => user === ENGINE_USER).flatMap(({ verb, resource, namespace, name = '' }) => {
      const row = rowOf.get(namespace ?? name)
      return row === undefined ? [] : [`${verb} ${resource} ${namespace ?? name}: ${row}`]
    })
  }
  await eventually(async () => expect(await writes(400)).toEqual([]))
  expect(await writes(1_500)).toEqual([])
}
