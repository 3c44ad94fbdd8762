import type { Row } from './grid.ts'

const notReady = 'max by (tenant) (k8s_mtp_tenant_status_condition{type="Ready", tenant=~"$tenant"}) == 0'
const withCondition = (type: string) => `count(max by (tenant) (k8s_mtp_tenant_status_condition{type="${type}", tenant=~"$tenant"}) == 1) or vector(0)`
const usedOfQuotas = 'max by (namespace, resourcequota, resource) (kube_resourcequota{type="used"}) / (max by (namespace, resourcequota, resource) (kube_resourcequota{type="hard"}) > 0)'
const withTenant = '* on (namespace) group_left (tenant) (topk by (namespace) (1, k8s_mtp_tenant_namespace_ready{tenant=~"$tenant"}) * 0 + 1)'
const ofEngine = '{name=~"CompositeController-.+"}'
const average = (name: string, selector = '') => `sum(rate(${name}_sum${selector}[$__rate_interval])) / sum(rate(${name}_count${selector}[$__rate_interval]))`

const tenants: Row = {
  title: 'Tenants',
  panels: [
    { title: 'Tenants', description: 'How many there are.', kind: 'stat', width: 4, unit: 'none', queries: [{ expr: 'count(count by (tenant) (k8s_mtp_tenant_info{tenant=~"$tenant"})) or vector(0)' }] },
    { title: 'Not ready', description: 'Not as declared, for whatever reason; the table below names them.', kind: 'stat', width: 4, unit: 'none', worrying: 1, queries: [{ expr: `count(${notReady}) or vector(0)` }] },
    { title: 'Stalled', description: 'Somebody has to change something.', kind: 'stat', width: 4, unit: 'none', worrying: 1, queries: [{ expr: withCondition('Stalled') }] },
    { title: 'Foreign objects', description: 'Tenants that own, by a label, what they have not made: it would go with them.', kind: 'stat', width: 4, unit: 'none', worrying: 1, queries: [{ expr: withCondition('UnmanagedObjects') }] },
    { title: 'Paused', description: 'On purpose: nothing is created, changed or deleted, and drift stays.', kind: 'stat', width: 4, unit: 'none', queries: [{ expr: 'count(max by (tenant) (k8s_mtp_tenant_spec_paused{tenant=~"$tenant"}) == 1) or vector(0)' }] },
    { title: 'Cordoned', description: 'On purpose: no new pods.', kind: 'stat', width: 4, unit: 'none', queries: [{ expr: withCondition('Cordoned') }] },
    { title: 'By phase', description: 'Active is the goal.', kind: 'stacked', width: 12, unit: 'none', queries: [{ expr: 'sum by (phase) (max by (tenant, phase) (k8s_mtp_tenant_status_phase{tenant=~"$tenant"}))', legend: '{{phase}}' }] },
    {
      title: 'Not ready: which, why, and for how long',
      description: 'The time since reason or message changed last. `kubectl describe tenants.k8s-mtp.dev NAME` says what to do.',
      kind: 'table',
      width: 12,
      unit: 's',
      empty: 'All are ready',
      queries: [{ expr: `max by (tenant, reason) (k8s_mtp_tenant_status_condition_info{type="Ready"}) * on (tenant) group_left () (time() - max by (tenant) (k8s_mtp_tenant_status_condition_last_transition_timestamp_seconds{type="Ready"})) and on (tenant) (${notReady})` }]
    },
    {
      title: 'Rights that end next',
      description: 'The next one in each Tenant. Whose it is stands in the Tenant: `kubectl get tenants.k8s-mtp.dev NAME -o yaml`.',
      kind: 'table',
      width: 24,
      unit: 'dateTimeFromNow',
      empty: 'None ends',
      queries: [{ expr: 'bottomk(20, min by (tenant) (k8s_mtp_tenant_next_expiry_timestamp_seconds{tenant=~"$tenant"})) * 1000' }]
    }
  ]
}

const healing: Row = {
  title: 'Correction',
  panels: [
    { title: 'Put right, by kind', description: 'What somebody had changed or deleted. A steady line is a tool with another opinion.', kind: 'timeseries', width: 8, unit: 'none', queries: [{ expr: 'sum by (kind) (increase(k8s_mtp_drift_corrected_total[$__rate_interval]))', legend: '{{kind}}' }] },
    { title: 'Put right last', description: 'The last five objects of each Tenant.', kind: 'table', width: 8, unit: 'dateTimeFromNow', empty: 'Nothing', queries: [{ expr: 'topk(50, max by (tenant, namespace, object) (k8s_mtp_tenant_corrected_timestamp_seconds{tenant=~"$tenant"})) * 1000' }] },
    { title: 'Answers that leave all as it is, by reason', description: 'Tenants that are held or paused, each time they are looked at.', kind: 'timeseries', width: 8, unit: 'reqps', queries: [{ expr: 'sum by (reason) (rate(k8s_mtp_on_hold_total[$__rate_interval]))', legend: '{{reason}}' }] }
  ]
}

const hook: Row = {
  title: 'Hook',
  panels: [
    { title: 'Replicas, by version', description: 'More than one version is a roll-out.', kind: 'stat', width: 6, unit: 'none', empty: 'None', queries: [{ expr: 'count by (version) (k8s_mtp_build_info)', legend: '{{version}}' }] },
    { title: 'Requests without an answer', description: 'Refused and failed: nothing is changed for those Tenants.', kind: 'stat', width: 6, unit: 'percentunit', worrying: 0.05, decimals: 2, queries: [{ expr: '(sum(rate(k8s_mtp_sync_requests_total{result!~"declared|held|answered"}[$__rate_interval])) or vector(0)) / sum(rate(k8s_mtp_sync_requests_total[$__rate_interval]))' }] },
    { title: 'Slowest of a hundred', description: 'A few milliseconds are usual; Metacontroller gives up after 10 s.', kind: 'stat', width: 6, unit: 's', worrying: 1, queries: [{ expr: 'histogram_quantile(0.99, sum by (le) (rate(k8s_mtp_sync_duration_seconds_bucket[$__rate_interval])))' }] },
    { title: 'Certificate is valid for', description: 'With TLS only.', kind: 'stat', width: 6, unit: 's', empty: 'No TLS', queries: [{ expr: 'min(k8s_mtp_tls_certificate_expiry_timestamp_seconds) - time()' }] },
    { title: 'Requests', description: 'By hook and result.', kind: 'timeseries', width: 12, unit: 'reqps', queries: [{ expr: 'sum by (hook, result) (rate(k8s_mtp_sync_requests_total[$__rate_interval]))', legend: '{{hook}} {{result}}' }] },
    {
      title: 'Time to answer',
      description: 'Half of the requests, and all but one in a hundred, are faster than that.',
      kind: 'timeseries',
      width: 12,
      unit: 's',
      queries: [0.5, 0.99].map(quantile => ({ expr: `histogram_quantile(${quantile}, sum by (hook, le) (rate(k8s_mtp_sync_duration_seconds_bucket[$__rate_interval])))`, legend: `{{hook}} p${quantile * 100}` }))
    },
    { title: 'Event loop lag', description: 'One in a hundred turns of a replica came later than that. Rises before answers become slow.', kind: 'timeseries', width: 8, unit: 's', queries: [{ expr: 'max by (pod) (nodejs_eventloop_lag_p99_seconds and on (pod) k8s_mtp_build_info)', legend: '{{pod}}' }] },
    { title: 'Memory', description: 'Resident, of each replica.', kind: 'timeseries', width: 8, unit: 'bytes', queries: [{ expr: 'max by (pod) (process_resident_memory_bytes and on (pod) k8s_mtp_build_info)', legend: '{{pod}}' }] },
    { title: 'CPU', description: 'In cores, of each replica.', kind: 'timeseries', width: 8, unit: 'none', decimals: 3, queries: [{ expr: 'sum by (pod) (rate(process_cpu_seconds_total[$__rate_interval]) and on (pod) k8s_mtp_build_info)', legend: '{{pod}}' }] }
  ]
}

const metacontroller: Row = {
  title: 'Metacontroller',
  panels: [
    { title: 'Tenants in the queue', description: 'Empty at rest.', kind: 'timeseries', width: 8, unit: 'none', queries: [{ expr: `sum by (name) (workqueue_depth${ofEngine})`, legend: '{{name}}' }] },
    {
      title: 'Where the time goes',
      description: 'How long a Tenant waits for a worker, how long a worker is at it, and how much of that is the hook. A worker that is slow while the hook is fast waits for its own limit of requests (--client-go-qps).',
      kind: 'timeseries',
      width: 8,
      unit: 's',
      queries: [
        { expr: average('workqueue_queue_duration_seconds', ofEngine), legend: 'waits' },
        { expr: average('workqueue_work_duration_seconds', ofEngine), legend: 'is worked at' },
        { expr: average('metacontroller_sync_request_duration_histogram_seconds'), legend: 'of that, the hook' }
      ]
    },
    { title: 'Longest at one Tenant', description: 'Of the workers that are at one right now.', kind: 'timeseries', width: 8, unit: 's', queries: [{ expr: `max by (name) (workqueue_longest_running_processor_seconds${ofEngine})`, legend: '{{name}}' }] },
    { title: 'Calls of the hook', description: 'By what it answered. Calls that reached nobody are not among them.', kind: 'timeseries', width: 12, unit: 'reqps', queries: [{ expr: 'sum by (code) (rate(metacontroller_sync_requests_total[$__rate_interval]))', legend: '{{code}}' }] },
    { title: 'Requests to the API server', description: 'A flat line is its own limit.', kind: 'timeseries', width: 12, unit: 'reqps', queries: [{ expr: 'sum by (method, code) (rate(rest_client_requests_total[$__rate_interval]) and on (instance) metacontroller_sync_in_flight_requests)', legend: '{{method}} {{code}}' }] }
  ]
}

const quotas: Row = {
  title: 'Quotas',
  panels: [
    { title: 'Used up most', description: 'Beyond 100% the API server refuses what the team creates.', kind: 'bars', width: 12, unit: 'percentunit', worrying: 0.9, queries: [{ expr: `topk(15, ${usedOfQuotas} ${withTenant})`, legend: '{{tenant}} {{resource}}' }] },
    { title: 'Used, over time', description: 'The fullest resource of each Tenant.', kind: 'timeseries', width: 12, unit: 'percentunit', queries: [{ expr: `max by (tenant) (${usedOfQuotas} ${withTenant})`, legend: '{{tenant}}' }] }
  ]
}

/** From top to bottom: what people see of it, then what makes it. */
export const rows: readonly Row[] = [tenants, healing, hook, metacontroller, quotas]
