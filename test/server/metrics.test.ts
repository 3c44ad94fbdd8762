import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGuard } from '../cluster/guard.ts'
import { startHook, type Hook } from '../cluster/hook.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { promtool } from '../observability/promtool.ts'
import { createAuthority } from '../support/certificates.ts'
import { mount } from '../support/mounted.ts'
import { defaultClass, tenant } from '../support/objects.ts'
import { settled, syncRequest } from '../support/requests.ts'
import { ask } from '../support/ask.ts'

const authority = createAuthority('test authority')
const { cert, key } = authority.issue({ name: 'hook', usage: 'serverAuth', local: true })
const token = '0123456789abcdef'
const mounted = mount({ 'tls.crt': cert, 'tls.key': key, token })
const guard = createGuard()
let hook: Hook
let metrics: string

/** Starts a hook, and sends a request for each series that it can report. */
beforeAll(async () => {
  hook = await startHook(guard, {
    program: ['--import', 'tsx', repositoryPath('src/main.ts')],
    settings: {
      K8S_MTP_TLS_CERT_FILE: mounted.file('tls.crt'),
      K8S_MTP_TLS_KEY_FILE: mounted.file('tls.key'),
      K8S_MTP_TOKEN_FILE: mounted.file('token')
    },
    ca: authority.cert
  })
  const body = syncRequest(settled({ tenant: tenant(), classes: [defaultClass()] }).world)
  const to = async (path: string, options: object = {}) =>
    await ask(Number(new URL(hook.url).port), path, { ca: authority.cert, token, ...options })
  const { status } = JSON.parse((await to('/sync', { body })).text) as { status: object }
  await to('/sync', { body: { ...body, parent: { ...body.parent, status }, children: { ...body.children, 'ResourceQuota.v1': {} } } })
  await to('/sync', { body: { ...body, related: {} } })
  await to('/sync', { body: {} })
  await to('/customize', { body: { parent: body.parent } })
  await to('/customize', { body, token: undefined })
  metrics = (await to('/metrics')).text
}, 60_000)
afterAll(async () => {
  await hook?.stop()
  await guard.close()
  mounted.remove()
})

test('promtool reports no problem in the metrics of k8s-mtp', async () => {
  const problems = (await promtool(['check', 'metrics'], { stdin: metrics })).output.trim().split('\n')
  // Named by prom-client; existing dashboards query them.
  expect(problems).toEqual(
    ['handles', 'requests', 'resources'].map(
      what => `nodejs_active_${what}_total non-counter metrics should not have "_total" suffix`
    )
  )
})

test('the metrics have the names, types and labels that alerts and dashboards query', () => {
  const types = new Map(
    metrics
      .split('\n')
      .filter(line => line.startsWith('# TYPE k8s_mtp_'))
      .map(line => line.split(' ').slice(2) as [string, string])
  )
  const found = [...types].map(([name, type]) => {
    const samples = metrics.split('\n').filter(line => new RegExp(`^${name}(_bucket)?[{ ]`).test(line))
    const labels = new Set(samples.flatMap(sample => [...sample.matchAll(/[{,](\w+)="/g)].map(([, label]) => label)))
    return [type, name, [...labels].sort().join()]
  })
  expect(found.sort()).toEqual([
    ['counter', 'k8s_mtp_credential_reloads_total', 'credential,result'],
    ['counter', 'k8s_mtp_drift_corrected_total', 'kind'],
    ['counter', 'k8s_mtp_on_hold_total', 'reason'],
    ['counter', 'k8s_mtp_sync_requests_total', 'hook,result'],
    ['gauge', 'k8s_mtp_build_info', 'node,version'],
    ['gauge', 'k8s_mtp_tls_certificate_expiry_timestamp_seconds', ''],
    ['histogram', 'k8s_mtp_children', 'le'],
    ['histogram', 'k8s_mtp_sync_duration_seconds', 'hook,le']
  ])
  expect(metrics.split('\n').filter(line => /^# HELP k8s_mtp_\w+ \S.*\.$/.test(line))).toHaveLength(types.size)
})

test('requests are counted by result, from 0', () => {
  expect(metrics.split('\n').filter(line => line.startsWith('k8s_mtp_sync_requests_total'))).toEqual([
    'k8s_mtp_sync_requests_total{hook="sync",result="declared"} 2',
    'k8s_mtp_sync_requests_total{hook="sync",result="on_hold"} 1',
    'k8s_mtp_sync_requests_total{hook="sync",result="refused"} 1',
    'k8s_mtp_sync_requests_total{hook="sync",result="unauthenticated"} 0',
    'k8s_mtp_sync_requests_total{hook="sync",result="failed"} 0',
    'k8s_mtp_sync_requests_total{hook="customize",result="responded"} 1',
    'k8s_mtp_sync_requests_total{hook="customize",result="refused"} 0',
    'k8s_mtp_sync_requests_total{hook="customize",result="unauthenticated"} 1',
    'k8s_mtp_sync_requests_total{hook="customize",result="failed"} 0'
  ])
})

test('event loop, heap and CPU are reported', () => {
  for (const name of [
    'nodejs_eventloop_lag_p99_seconds',
    'nodejs_heap_size_used_bytes',
    'process_cpu_seconds_total',
    'process_resident_memory_bytes',
    'process_start_time_seconds'
  ]) {
    expect(metrics).toMatch(new RegExp(`^${name} \\d`, 'm'))
  }
})

test('no series names a Tenant', () => {
  expect(metrics).not.toContain('acme')
})
