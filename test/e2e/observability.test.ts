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
import {
  changeTenant, createTenant, readyTenant, refIn, waitForReady, waitForReason, type TestTenant
} from './tenants.ts'

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
  /** All series except times and generations, without the prefix and the label `tenant`. */
  series: string[]
}

const states: State[] = [
  {
    state: 'up to date, with access that expires',
    make: () =>
      readyTenant({
        viewers: ['2001-01-01T00:00:00Z', '2099-01-01T00:00:00+01:00', undefined].map(
          (expiresAt, index) => ({ kind: 'User', name: `eve-${index}`, ...(expiresAt !== undefined && { expiresAt }) })
        )
      }),
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
    state: 'on hold by its class',
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
    state: 'paused, with the deletionPolicy Retain',
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
    state: 'corrected, and terminating',
    make: async () => {
      const tenant = await readyTenant()
      await causeDrift(tenant)
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
      'status_condition_info{reason="TenantTerminating",type="Ready"} 1',
      'status_condition_info{reason="TenantTerminating",type="Reconciling"} 1',
      ...phase('Terminating')
    ]
  }
]

describe('kube-state-metrics with the documented configuration and permissions', () => {
  test.each(states)('exposes the state of a Tenant: $state', async ({ make, series }) => {
    const tenant = await make()
    await eventually(async () => {
      const exposed = seriesOf(tenant, await scrape())
      const { metadata, status } = await client().get(tenant.ref) as TenantObject
      expect(exposed).toEqual([...series, ...timesAndGenerations(metadata, status)].sort())
    })
  })

  test('exposes no series of a deleted Tenant', async () => {
    const tenant = await readyTenant()
    await eventually(async () => expect(seriesOf(tenant, await scrape())).not.toEqual([]))
    await breakGlass().delete(tenant.ref)
    await eventually(async () => expect(seriesOf(tenant, await scrape())).toEqual([]))
  })

  test('exposes the usage of quotas', async () => {
    const { namespace } = await readyTenant({ quotas: { 'tenant-quota': { pods: '30' } } })
    await eventually(async () => {
      const quotas = parseSamples(await scrape()).filter(
        ({ name, labels }) => name === 'kube_resourcequota' && labels.namespace === namespace
      )
      const of = { namespace, resourcequota: 'tenant-quota', resource: 'pods' }
      expect(quotas).toContainEqual({ name: 'kube_resourcequota', labels: { ...of, type: 'hard' }, value: 30 })
      expect(quotas).toContainEqual({ name: 'kube_resourcequota', labels: { ...of, type: 'used' }, value: 0 })
    })
  })

  test('exposes exactly the configured series, with names and help that promtool accepts', async () => {
    await readyTenant()
    const text = await scrape()
    expect(await promtool(['check', 'metrics'], { stdin: text })).toEqual({ code: 0, output: '' })
    const { spec: { resources } }: Configuration = parse(readFileSync(repositoryPath('chart/files/kube-state-metrics.yaml'), 'utf8'))
    const configured = resources.flatMap(
      ({ metricNamePrefix, metrics }) => metrics.map(({ name, help }) => `# HELP ${metricNamePrefix}_${name} ${help}`)
    )
    expect(text.split('\n').filter(line => line.startsWith('# HELP k8s_mtp_'))).toEqual(configured)
  })
})

describe('alerts, dashboard and runbooks on scraped series', () => {
  test('alerts fire for the expected Tenants, and all queries of the dashboard and runbooks are valid', async () => {
    const full = await readyTenant({
      quotas: { 'tenant-quota': { pods: '1' } }, viewers: [{ kind: 'User', name: 'eve', expiresAt: '2099-01-01T00:00:00Z' }]
    })
    const onHold = await createTenant({ className: 'unheard-of' })
    await waitForReason(onHold, 'ClassNotFound')
    await causeDrift(full)
    await fillWith(full)
    const samples = await eventually(async () => {
      const scraped = await scrapeAll([full, onHold])
      expect(scraped).toContainEqual(
        expect.objectContaining({
          name: 'kube_resourcequota',
          labels: expect.objectContaining({ namespace: full.namespace, resource: 'pods', type: 'used' }),
          value: 1
        })
      )
      expect(scraped).toContainEqual(
        expect.objectContaining({
          name: 'k8s_mtp_tenant_corrected_timestamp_seconds', labels: expect.objectContaining({ tenant: full.name })
        })
      )
      expect(scraped).toContainEqual(
        expect.objectContaining({
          name: 'k8s_mtp_tenant_status_condition', labels: expect.objectContaining({ tenant: onHold.name, type: 'Stalled' })
        })
      )
      return scraped
    })
    const available = new Set(samples.map(({ name }) => name))
    const queries = queriesOf(rows)
    expect(await objectionsTo([
      firing([
        { alertname: 'K8sMtpTenantStalled', severity: 'warning', tenant: onHold.name },
        {
          alertname: 'K8sMtpQuotaNearlyFull',
          severity: 'warning',
          tenant: full.name,
          namespace: full.namespace,
          resourcequota: 'tenant-quota',
          resource: 'pods'
        },
        // The samples do not change over time, so there seem to be no syncs.
        { alertname: 'K8sMtpMetacontrollerDown', severity: 'critical' }
      ]),
      ...queries.map(expr => queriedNames(expr).every(name => available.has(name)) ? something(expr) : anything(expr)),
      ...queriesInRunbooks().map(anything)
    ], samples)).toBe('')
    const empty = queries.filter(expr => !queriedNames(expr).every(name => available.has(name)))
    // Missing here: series of TLS, and of Metacontroller where the stand-in runs.
    expect(
      empty.flatMap(queriedNames).filter(
        name => !available.has(name) && !/^(k8s_mtp_tls_|workqueue_|metacontroller_|rest_client_)/.test(name)
      )
    ).toEqual([])
  })

  test.skipIf(platform().engine.name === 'stand-in')('Metacontroller exposes the series that queries use', async () => {
    await readyTenant()
    const told = queryableNames((await probe(platform().engine.metricsUrl)).text)
    expect(externalSeries.metacontroller.filter(name => !told.has(name))).toEqual([])
  })
})

/** The configuration of kube-state-metrics for custom resources. */
interface Configuration {
  spec: { resources: { metricNamePrefix: string, metrics: { name: string, help: string }[] }[] }
}

/** Scrapes the series that queries use, of these Tenants only, with the labels that Prometheus adds. */
async function scrapeAll (tenants: TestTenant[]): Promise<Sample[]> {
  const queried = new Set([...readAlerts().map(({ expr }) => expr), ...queriesOf(rows), ...queriesInRunbooks()].flatMap(queriedNames))
  const [ofHook, ofEngine] = await Promise.all(
    [`${platform().hookUrl}/metrics`, platform().engine.metricsUrl].map(async url => parseSamples((await probe(url)).text))
  )
  const from = (instance: string, samples: Sample[] = []): Sample[] =>
    samples.map(sample => ({ ...sample, labels: { pod: instance, instance, ...sample.labels } }))
  return [...from('hook', ofHook), ...from('engine', ofEngine), ...from('kube-state-metrics', parseSamples(await scrape()))]
    .filter(({ name, labels: { tenant } }) => queried.has(name) && (tenant === undefined || tenants.some(({ name }) => name === tenant)))
}

/** The queries as Grafana sends them for all Tenants. */
function queriesOf (rows: readonly Row[]): string[] {
  return rows.flatMap(({ panels }) =>
    panels.flatMap(({ queries }) => queries.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m').replaceAll('$tenant', '.*'))))
}

/** Removes the rules of a Role, and waits until the drift is corrected. */
async function causeDrift (tenant: TestTenant): Promise<void> {
  await breakGlass().patch(refIn(tenant, 'Role', 'tenant-viewer'), { rules: [] })
  await eventually(async () => expect((await client().get(tenant.ref)).status).toHaveProperty('corrected'))
  await waitForReady(tenant)
}

/** Creates a pod that the quotas count, once its ServiceAccount and the usage of the quotas exist. */
async function fillWith ({ namespace }: TestTenant): Promise<void> {
  await eventually(() => client().create(pod(namespace, {})))
}

type TenantObject = KubeObject & {
  metadata: { creationTimestamp: string, deletionTimestamp?: string, generation: number }
  status: TenantStatus & { conditions: Condition[] }
}

/** `name{labels} value` of one Tenant, sorted. */
function seriesOf ({ name: tenant, namespace }: TestTenant, text: string): string[] {
  return parseSamples(text).filter(({ labels }) => labels.tenant === tenant).map(({ name, labels: { tenant: _, ...labels }, value }) => {
    const own = Object.entries(labels).filter(([key]) => !key.startsWith('customresource_')).map(
      ([key, text]) => `${key}="${text.replace(namespace, 'NAMESPACE')}"`
    )
    return `${name.replace(/^k8s_mtp_tenant_/, '')}${own.length === 0 ? '' : `{${own.sort().join(',')}}`} ${value}`
  }).sort()
}

function timesAndGenerations (
  { creationTimestamp, deletionTimestamp, generation }: TenantObject['metadata'],
  { observedGeneration, conditions, corrected = [], nextExpiry }: TenantObject['status']
): string[] {
  const seconds = (time: string): number => Date.parse(time) / 1000
  return [
    `created_timestamp_seconds ${seconds(creationTimestamp)}`,
    ...(deletionTimestamp === undefined ? [] : [`deletion_timestamp_seconds ${seconds(deletionTimestamp)}`]),
    `metadata_generation ${generation}`,
    `status_observed_generation ${observedGeneration}`,
    ...(nextExpiry === undefined ? [] : [`next_expiry_timestamp_seconds ${seconds(nextExpiry)}`]),
    ...conditions.map(
      ({ type, lastTransitionTime }) => `status_condition_last_transition_timestamp_seconds{type="${type}"} ${seconds(lastTransitionTime)}`
    ),
    ...corrected.map(({ object, time }) => `corrected_timestamp_seconds{namespace="NAMESPACE",object="${object}"} ${seconds(time)}`)
  ]
}
