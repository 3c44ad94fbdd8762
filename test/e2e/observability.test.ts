import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { readAlerts } from '../../observability/alerts.ts'
import type { Row } from '../../observability/dashboard/grid.ts'
import { rows } from '../../observability/dashboard/rows.ts'
import type { Condition } from '../../src/api/condition.ts'
import type { TenantStatus } from '../../src/api/tenant-status.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { probe } from '../cluster/http.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { parseSamples, queryableNames, type Sample } from '../observability/exposition.ts'
import { externalSeries } from '../observability/external-series.ts'
import { anything, firing, objectionsTo, something } from '../observability/on-samples.ts'
import { queriedNames } from '../observability/promql.ts'
import { promtool } from '../observability/promtool.ts'
import { queriesInRunbooks } from '../observability/runbooks.ts'
import { breakGlass, client, eventually, platform } from './context.ts'
import { pod } from './guarded-tenant.ts'
import { startKubeStateMetrics, type KubeStateMetrics } from './kube-state-metrics.ts'
import { changeTenant, createTenant, readyTenant, refIn, waitForReady, waitForReason, type TestTenant } from './tenants.ts'

let kubeStateMetrics: KubeStateMetrics | undefined
beforeAll(async () => { kubeStateMetrics = await startKubeStateMetrics() })
afterAll(async () => { await kubeStateMetrics?.stop() })
const scrape = async (): Promise<string> => await kubeStateMetrics?.scrape() ?? ''

const version: string = JSON.parse(readFileSync(repositoryPath('package.json'), 'utf8')).version

const phases = ['Active', 'Blocked', 'Paused', 'Provisioning', 'Terminating']
const phase = (current: string): string[] => phases.map(name => `status_phase{phase="${name}"} ${name === current ? 1 : 0}`)

interface State {
  state: string
  make: () => Promise<TestTenant>
  /** All series but those of times and generations, without the prefix and the label `tenant`. */
  series: string[]
}

const states: State[] = [
  {
    state: 'as declared, and gives rights that end',
    make: () => readyTenant({ viewers: ['2001-01-01T00:00:00Z', '2099-01-01T00:00:00+01:00', undefined].map((expiresAt, index) => ({ kind: 'User', name: `eve-${index}`, ...(expiresAt !== undefined && { expiresAt }) })) }),
    series: [
      `info{class="default",deletion_policy="Delete",version="${version}"} 1`,
      'namespace_ready{namespace="NAMESPACE"} 1',
      'spec_cordoned 0', 'spec_paused 0',
      'status_condition{type="Ready"} 1',
      'status_condition_info{reason="UpToDate",type="Ready"} 1',
      ...phase('Active')
    ]
  },
  {
    state: 'held, as its class is unknown',
    make: async () => {
      const tenant = await createTenant({ className: 'unheard-of' })
      await waitForReason(tenant, 'ClassNotFound')
      return tenant
    },
    series: [
      'info{class="unheard-of",deletion_policy="Delete"} 1',
      'namespace_ready{namespace="NAMESPACE"} 0',
      'spec_cordoned 0', 'spec_paused 0',
      'status_condition{type="Ready"} 0', 'status_condition{type="Stalled"} 1',
      'status_condition_info{reason="ClassNotFound",type="Ready"} 1', 'status_condition_info{reason="ClassNotFound",type="Stalled"} 1',
      ...phase('Blocked')
    ]
  },
  {
    state: 'paused, and to be kept',
    make: async () => {
      const tenant = await createTenant({ paused: true, deletionPolicy: 'Retain' })
      onTestFinished(() => changeTenant(tenant, { deletionPolicy: 'Delete' }))
      await waitForReason(tenant, 'Paused')
      return tenant
    },
    series: [
      'info{class="default",deletion_policy="Retain"} 1',
      'namespace_ready{namespace="NAMESPACE"} 0',
      'spec_cordoned 0', 'spec_paused 1',
      'status_condition{type="Ready"} 0',
      'status_condition_info{reason="Paused",type="Ready"} 1',
      ...phase('Paused')
    ]
  },
  {
    state: 'cordoned',
    make: () => readyTenant({ cordoned: true }),
    series: [
      `info{class="default",deletion_policy="Delete",version="${version}"} 1`,
      'namespace_ready{namespace="NAMESPACE"} 1',
      'spec_cordoned 1', 'spec_paused 0',
      'status_condition{type="Cordoned"} 1', 'status_condition{type="Ready"} 1',
      'status_condition_info{reason="UpToDate",type="Ready"} 1', 'status_condition_info{reason="Cordoned",type="Cordoned"} 1',
      ...phase('Active')
    ]
  },
  {
    state: 'corrected, and being deleted',
    make: async () => {
      const tenant = await readyTenant()
      await damage(tenant)
      await breakGlass().patch(tenant.ref, { metadata: { finalizers: ['test.example/wait'] } })
      onTestFinished(async () => { await breakGlass().patch(tenant.ref, { metadata: { finalizers: null } }) })
      await breakGlass().delete(tenant.ref)
      await waitForReason(tenant, 'TenantTerminating')
      return tenant
    },
    series: [
      'info{class="default",deletion_policy="Delete"} 1',
      'namespace_ready{namespace="NAMESPACE"} 0',
      'spec_cordoned 0', 'spec_paused 0',
      'status_condition{type="Ready"} 0', 'status_condition{type="Reconciling"} 1',
      'status_condition_info{reason="TenantTerminating",type="Ready"} 1', 'status_condition_info{reason="TenantTerminating",type="Reconciling"} 1',
      ...phase('Terminating')
    ]
  }
]

describe('kube-state-metrics with the configuration and the rights that the docs give it', () => {
  test.each(states)('tells of a Tenant that is $state', async ({ make, series }) => {
    const tenant = await make()
    await eventually(async () => {
      const told = seriesOf(tenant, await scrape())
      const { metadata, status } = await client().get(tenant.ref) as TenantObject
      expect(told).toEqual([...series, ...timesAndGenerations(metadata, status)].sort())
    })
  })

  test('tells nothing of a Tenant that is gone', async () => {
    const tenant = await readyTenant()
    await eventually(async () => expect(seriesOf(tenant, await scrape())).not.toEqual([]))
    await breakGlass().delete(tenant.ref)
    await eventually(async () => expect(seriesOf(tenant, await scrape())).toEqual([]))
  })

  test('tells how far the quotas of a Tenant are used', async () => {
    const { namespace } = await readyTenant({ quotas: { 'tenant-quota': { pods: '30' } } })
    await eventually(async () => {
      const quotas = parseSamples(await scrape()).filter(({ name, labels }) => name === 'kube_resourcequota' && labels.namespace === namespace)
      const of = { namespace, resourcequota: 'tenant-quota', resource: 'pods' }
      expect(quotas).toContainEqual({ name: 'kube_resourcequota', labels: { ...of, type: 'hard' }, value: 30 })
      expect(quotas).toContainEqual({ name: 'kube_resourcequota', labels: { ...of, type: 'used' }, value: 0 })
    })
  })

  test('gives every series a name and a help that promtool finds nothing wrong with, and no others than are configured', async () => {
    await readyTenant()
    const text = await scrape()
    expect(await promtool(['check', 'metrics'], { stdin: text })).toEqual({ code: 0, output: '' })
    const { spec: { resources } }: { spec: { resources: { metricNamePrefix: string, metrics: { name: string, help: string }[] }[] } } = parse(readFileSync(repositoryPath('chart/files/kube-state-metrics.yaml'), 'utf8'))
    const configured = resources.flatMap(({ metricNamePrefix, metrics }) => metrics.map(({ name, help }) => `# HELP ${metricNamePrefix}_${name} ${help}`))
    expect(text.split('\n').filter(line => line.startsWith('# HELP k8s_mtp_'))).toEqual(configured)
  })
})

describe('what is shipped, on what is really scraped', () => {
  test('alerts fire for the Tenants that they should fire for, and every query of the dashboard and the runbooks can be asked', async () => {
    const full = await readyTenant({ quotas: { 'tenant-quota': { pods: '1' } }, viewers: [{ kind: 'User', name: 'eve', expiresAt: '2099-01-01T00:00:00Z' }] })
    const held = await createTenant({ className: 'unheard-of' })
    await waitForReason(held, 'ClassNotFound')
    await damage(full)
    await fillWith(full)
    const samples = await eventually(async () => {
      const told = await scrapeAll([full, held])
      expect(told).toContainEqual(expect.objectContaining({ name: 'kube_resourcequota', labels: expect.objectContaining({ namespace: full.namespace, resource: 'pods', type: 'used' }), value: 1 }))
      expect(told).toContainEqual(expect.objectContaining({ name: 'k8s_mtp_tenant_corrected_timestamp_seconds', labels: expect.objectContaining({ tenant: full.name }) }))
      expect(told).toContainEqual(expect.objectContaining({ name: 'k8s_mtp_tenant_status_condition', labels: expect.objectContaining({ tenant: held.name, type: 'Stalled' }) }))
      return told
    })
    const told = new Set(samples.map(({ name }) => name))
    const shown = queriesOf(rows)
    expect(await objectionsTo([
      firing([
        { alertname: 'K8sMtpTenantStalled', severity: 'warning', tenant: held.name },
        { alertname: 'K8sMtpQuotaNearlyFull', severity: 'warning', tenant: full.name, namespace: full.namespace, resourcequota: 'tenant-quota', resource: 'pods' },
        // As here everything stays as it is, nobody asks the hook any more.
        { alertname: 'K8sMtpMetacontrollerDown', severity: 'critical' }
      ]),
      ...shown.map(expr => queriedNames(expr).every(name => told.has(name)) ? something(expr) : anything(expr)),
      ...queriesInRunbooks().map(anything)
    ], samples)).toBe('')
    const empty = shown.filter(expr => !queriedNames(expr).every(name => told.has(name)))
    // Without TLS, and with the stand-in.
    expect(empty.flatMap(queriedNames).filter(name => !told.has(name) && !/^(k8s_mtp_tls_|workqueue_|metacontroller_|rest_client_)/.test(name))).toEqual([])
  })

  test.skipIf(platform().engine.name === 'stand-in')('Metacontroller tells what is asked of it', async () => {
    await readyTenant()
    const told = queryableNames((await probe(platform().engine.metricsUrl)).text)
    expect(externalSeries.metacontroller.filter(name => !told.has(name))).toEqual([])
  })
})

/** Of all that Prometheus would scrape what anybody asks for, with the labels that it adds, and of Tenants those alone. */
async function scrapeAll (tenants: TestTenant[]): Promise<Sample[]> {
  const asked = new Set([...readAlerts().map(({ expr }) => expr), ...queriesOf(rows), ...queriesInRunbooks()].flatMap(queriedNames))
  const [ofHook, ofEngine] = await Promise.all([`${platform().hookUrl}/metrics`, platform().engine.metricsUrl].map(async url => parseSamples((await probe(url)).text)))
  const from = (instance: string, samples: Sample[] = []): Sample[] => samples.map(sample => ({ ...sample, labels: { pod: instance, instance, ...sample.labels } }))
  return [...from('hook', ofHook), ...from('engine', ofEngine), ...from('kube-state-metrics', parseSamples(await scrape()))]
    .filter(({ name, labels: { tenant } }) => asked.has(name) && (tenant === undefined || tenants.some(({ name }) => name === tenant)))
}

/** As Grafana would ask them for all Tenants. */
function queriesOf (rows: readonly Row[]): string[] {
  return rows.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m').replaceAll('$tenant', '.*'))))
}

/** Somebody empties a Role by hand, and it is put right. */
async function damage (tenant: TestTenant): Promise<void> {
  await breakGlass().patch(refIn(tenant, 'Role', 'tenant-viewer'), { rules: [] })
  await eventually(async () => expect((await client().get(tenant.ref)).status).toHaveProperty('corrected'))
  await waitForReady(tenant)
}

/** One pod that the quotas count. It needs the namespace's own ServiceAccount, and quotas that have been counted once. */
async function fillWith ({ namespace }: TestTenant): Promise<void> {
  await eventually(() => client().create(pod(namespace, {})))
}

type TenantObject = KubeObject & { metadata: { creationTimestamp: string, deletionTimestamp?: string, generation: number }, status: TenantStatus & { conditions: Condition[] } }

/** `name{labels} value` of one Tenant, sorted. */
function seriesOf ({ name: tenant, namespace }: TestTenant, text: string): string[] {
  return parseSamples(text).filter(({ labels }) => labels.tenant === tenant).map(({ name, labels: { tenant: _, ...labels }, value }) => {
    const own = Object.entries(labels).filter(([key]) => !key.startsWith('customresource_')).map(([key, text]) => `${key}="${text.replace(namespace, 'NAMESPACE')}"`)
    return `${name.replace(/^k8s_mtp_tenant_/, '')}${own.length === 0 ? '' : `{${own.sort().join(',')}}`} ${value}`
  }).sort()
}

function timesAndGenerations ({ creationTimestamp, deletionTimestamp, generation }: TenantObject['metadata'], { observedGeneration, conditions, corrected = [], nextExpiry }: TenantObject['status']): string[] {
  const seconds = (time: string): number => Date.parse(time) / 1000
  return [
    `created_timestamp_seconds ${seconds(creationTimestamp)}`,
    ...(deletionTimestamp === undefined ? [] : [`deletion_timestamp_seconds ${seconds(deletionTimestamp)}`]),
    `metadata_generation ${generation}`,
    `status_observed_generation ${observedGeneration}`,
    ...(nextExpiry === undefined ? [] : [`next_expiry_timestamp_seconds ${seconds(nextExpiry)}`]),
    ...conditions.map(({ type, lastTransitionTime }) => `status_condition_last_transition_timestamp_seconds{type="${type}"} ${seconds(lastTransitionTime)}`),
    ...corrected.map(({ object, time }) => `corrected_timestamp_seconds{namespace="NAMESPACE",object="${object}"} ${seconds(time)}`)
  ]
}
