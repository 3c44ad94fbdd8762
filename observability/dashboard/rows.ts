import type { Row } from './grid.ts'

const ofTenants = '{tenant=~"$tenant"}'
const notReady = 'max by (tenant) (k8s_mtp_tenant_status_condition{type="Ready", tenant=~"$tenant"}) == 0'
const readyReason = 'max by (tenant, reason) (k8s_mtp_tenant_status_condition_info{type="Ready"})'
const secondsInState = 'time() - max by (tenant) ' +
  '(k8s_mtp_tenant_status_condition_last_transition_timestamp_seconds{type="Ready"})'
const quotaUsage = 'max by (namespace, resourcequota, resource) (kube_resourcequota{type="used"}) / ' +
  '(max by (namespace, resourcequota, resource) (kube_resourcequota{type="hard"}) > 0)'
const withTenant = '* on (namespace) group_left (tenant) ' +
  `(topk by (namespace) (1, k8s_mtp_tenant_namespace_ready${ofTenants}) * 0 + 1)`
const controllers = '{name=~"CompositeController-.+"}'

/** Counts the Tenants for which an expression is true: 0 instead of no data. */
const countOf = (expr: string) => `count(${expr}) or vector(0)`
const withCondition = (type: string) =>
  countOf(`max by (tenant) (k8s_mtp_tenant_status_condition{type="${type}", tenant=~"$tenant"}) == 1`)
const average = (name: string, selector = '') =>
  `sum(rate(${name}_sum${selector}[$__rate_interval])) / sum(rate(${name}_count${selector}[$__rate_interval]))`

const tenants: Row = {
  title: 'Tenants',
  panels: [
    {
      title: 'Tenants',
      description: 'Number of Tenants.',
      kind: 'stat',
      width: 4,
      unit: 'none',
      queries: [{ expr: countOf(`count by (tenant) (k8s_mtp_tenant_info${ofTenants})`) }]
    },
    {
      title: 'Not ready',
      description: 'Tenants whose condition Ready is false. The table below lists them with the reason.',
      kind: 'stat',
      width: 4,
      unit: 'none',
      orangeFrom: 1,
      queries: [{ expr: countOf(notReady) }]
    },
    {
      title: 'Stalled',
      description: 'Tenants that do not become ready without a change to their spec, class or namespace.',
      kind: 'stat',
      width: 4,
      unit: 'none',
      orangeFrom: 1,
      queries: [{ expr: withCondition('Stalled') }]
    },
    {
      title: 'Unmanaged objects',
      description: 'Tenants that own objects that k8s-mtp did not create. They would be deleted with the Tenant.',
      kind: 'stat',
      width: 4,
      unit: 'none',
      orangeFrom: 1,
      queries: [{ expr: withCondition('UnmanagedObjects') }]
    },
    {
      title: 'Paused',
      description: 'Tenants with spec.paused: nothing is created, changed or deleted, and drift is not corrected.',
      kind: 'stat',
      width: 4,
      unit: 'none',
      queries: [{ expr: countOf(`max by (tenant) (k8s_mtp_tenant_spec_paused${ofTenants}) == 1`) }]
    },
    {
      title: 'Cordoned',
      description: 'Tenants with spec.cordoned: no new pods.',
      kind: 'stat',
      width: 4,
      unit: 'none',
      queries: [{ expr: withCondition('Cordoned') }]
    },
    {
      title: 'By phase',
      description: 'In steady state, all Tenants are Active or Paused.',
      kind: 'stacked',
      width: 12,
      unit: 'none',
      queries: [{
        expr: `sum by (phase) (max by (tenant, phase) (k8s_mtp_tenant_status_phase${ofTenants}))`,
        legend: '{{phase}}'
      }]
    },
    {
      title: 'Not ready, by reason',
      description: 'Time since the last change of the condition. `kubectl describe tenants.k8s-mtp.dev NAME` shows the remedy.',
      kind: 'table',
      width: 12,
      unit: 's',
      empty: 'All are ready',
      queries: [{ expr: `${readyReason} * on (tenant) group_left () (${secondsInState}) and on (tenant) (${notReady})` }]
    },
    {
      title: 'Next access to expire',
      description: 'Next expiry in each Tenant. `kubectl get tenants.k8s-mtp.dev NAME -o yaml` shows the subject.',
      kind: 'table',
      width: 24,
      unit: 'dateTimeFromNow',
      empty: 'No access expires',
      queries: [{ expr: `bottomk(20, min by (tenant) (k8s_mtp_tenant_next_expiry_timestamp_seconds${ofTenants})) * 1000` }]
    }
  ]
}

const correction: Row = {
  title: 'Drift correction',
  panels: [
    {
      title: 'Corrected objects, by kind',
      description: 'Objects that others changed or deleted. A constant rate means that another controller manages the same field.',
      kind: 'timeseries',
      width: 8,
      unit: 'none',
      queries: [{
        expr: 'sum by (kind) (increase(k8s_mtp_drift_corrected_total[$__rate_interval]))',
        legend: '{{kind}}'
      }]
    },
    {
      title: 'Last corrected objects',
      description: 'The last five objects of each Tenant.',
      kind: 'table',
      width: 8,
      unit: 'dateTimeFromNow',
      empty: 'None',
      queries: [{
        expr: `topk(50, max by (tenant, namespace, object) (k8s_mtp_tenant_corrected_timestamp_seconds${ofTenants})) * 1000`
      }]
    },
    {
      title: 'Responses on hold, by reason',
      description: 'Reconciliations of Tenants that are on hold or paused. They change nothing.',
      kind: 'timeseries',
      width: 8,
      unit: 'reqps',
      queries: [{ expr: 'sum by (reason) (rate(k8s_mtp_on_hold_total[$__rate_interval]))', legend: '{{reason}}' }]
    }
  ]
}

const hook: Row = {
  title: 'Hook',
  panels: [
    {
      title: 'Replicas, by version',
      description: 'More than one version: a rollout is in progress.',
      kind: 'stat',
      width: 6,
      unit: 'none',
      empty: 'None',
      queries: [{ expr: 'count by (version) (k8s_mtp_build_info)', legend: '{{version}}' }]
    },
    {
      title: 'Error rate',
      description: 'Refused, unauthenticated and failed requests. They change nothing in the cluster.',
      kind: 'stat',
      width: 6,
      unit: 'percentunit',
      orangeFrom: 0.05,
      decimals: 2,
      queries: [{
        expr: '(sum(rate(k8s_mtp_sync_requests_total{result!~"declared|on_hold|responded"}[$__rate_interval])) or vector(0)) / ' +
          'sum(rate(k8s_mtp_sync_requests_total[$__rate_interval]))'
      }]
    },
    {
      title: 'Duration, p99',
      description: 'Usually a few milliseconds. The default timeout of Metacontroller is 10 s.',
      kind: 'stat',
      width: 6,
      unit: 's',
      orangeFrom: 1,
      queries: [{
        expr: 'histogram_quantile(0.99, sum by (le) (rate(k8s_mtp_sync_duration_seconds_bucket[$__rate_interval])))'
      }]
    },
    {
      title: 'Certificate expires in',
      description: 'Only with TLS.',
      kind: 'stat',
      width: 6,
      unit: 's',
      empty: 'No TLS',
      queries: [{ expr: 'min(k8s_mtp_tls_certificate_expiry_timestamp_seconds) - time()' }]
    },
    {
      title: 'Requests',
      description: 'By hook and result.',
      kind: 'timeseries',
      width: 12,
      unit: 'reqps',
      queries: [{
        expr: 'sum by (hook, result) (rate(k8s_mtp_sync_requests_total[$__rate_interval]))',
        legend: '{{hook}} {{result}}'
      }]
    },
    {
      title: 'Duration of requests',
      description: 'Median and 99th percentile.',
      kind: 'timeseries',
      width: 12,
      unit: 's',
      queries: [0.5, 0.99].map(quantile => ({
        expr: `histogram_quantile(${quantile}, sum by (hook, le) (rate(k8s_mtp_sync_duration_seconds_bucket[$__rate_interval])))`,
        legend: `{{hook}} p${quantile * 100}`
      }))
    },
    {
      title: 'Event loop lag',
      description: '99th percentile of each replica. It rises before requests become slow.',
      kind: 'timeseries',
      width: 8,
      unit: 's',
      queries: [{
        expr: 'max by (pod) (nodejs_eventloop_lag_p99_seconds and on (pod) k8s_mtp_build_info)',
        legend: '{{pod}}'
      }]
    },
    {
      title: 'Memory',
      description: 'Resident memory of each replica.',
      kind: 'timeseries',
      width: 8,
      unit: 'bytes',
      queries: [{
        expr: 'max by (pod) (process_resident_memory_bytes and on (pod) k8s_mtp_build_info)',
        legend: '{{pod}}'
      }]
    },
    {
      title: 'CPU',
      description: 'Cores used by each replica.',
      kind: 'timeseries',
      width: 8,
      unit: 'none',
      decimals: 3,
      queries: [{
        expr: 'sum by (pod) (rate(process_cpu_seconds_total[$__rate_interval]) and on (pod) k8s_mtp_build_info)',
        legend: '{{pod}}'
      }]
    }
  ]
}

const metacontroller: Row = {
  title: 'Metacontroller',
  panels: [
    {
      title: 'Queue depth',
      description: 'Tenants that wait for a worker. 0 in steady state.',
      kind: 'timeseries',
      width: 8,
      unit: 'none',
      queries: [{ expr: `sum by (name) (workqueue_depth${controllers})`, legend: '{{name}}' }]
    },
    {
      title: 'Latency per Tenant',
      description: 'Average time in the queue, time of a reconciliation, and the part of it that the hook takes. ' +
        'Slow reconciliations with a fast hook: the client rate limit of Metacontroller (--client-go-qps).',
      kind: 'timeseries',
      width: 8,
      unit: 's',
      queries: [
        { expr: average('workqueue_queue_duration_seconds', controllers), legend: 'queue' },
        { expr: average('workqueue_work_duration_seconds', controllers), legend: 'reconciliation' },
        { expr: average('metacontroller_sync_request_duration_histogram_seconds'), legend: 'hook' }
      ]
    },
    {
      title: 'Longest running reconciliation',
      description: 'Of those in progress.',
      kind: 'timeseries',
      width: 8,
      unit: 's',
      queries: [{
        expr: `max by (name) (workqueue_longest_running_processor_seconds${controllers})`,
        legend: '{{name}}'
      }]
    },
    {
      title: 'Calls to the hook',
      description: 'By status code. Connection errors are not included.',
      kind: 'timeseries',
      width: 12,
      unit: 'reqps',
      queries: [{
        expr: 'sum by (code) (rate(metacontroller_sync_requests_total[$__rate_interval]))',
        legend: '{{code}}'
      }]
    },
    {
      title: 'Requests to the API server',
      description: 'A flat line is the client rate limit.',
      kind: 'timeseries',
      width: 12,
      unit: 'reqps',
      queries: [{
        expr: 'sum by (method, code) ' +
          '(rate(rest_client_requests_total[$__rate_interval]) and on (instance) metacontroller_sync_in_flight_requests)',
        legend: '{{method}} {{code}}'
      }]
    }
  ]
}

const quotas: Row = {
  title: 'Quotas',
  panels: [
    {
      title: 'Highest usage',
      description: 'At 100% the API server rejects new objects of the tenant.',
      kind: 'bars',
      width: 12,
      unit: 'percentunit',
      orangeFrom: 0.9,
      queries: [{ expr: `topk(15, ${quotaUsage} ${withTenant})`, legend: '{{tenant}} {{resource}}' }]
    },
    {
      title: 'Usage over time',
      description: 'The most used resource of each Tenant.',
      kind: 'timeseries',
      width: 12,
      unit: 'percentunit',
      queries: [{ expr: `max by (tenant) (${quotaUsage} ${withTenant})`, legend: '{{tenant}}' }]
    }
  ]
}

/** From top to bottom: tenants first, then the components. */
export const rows: readonly Row[] = [tenants, correction, hook, metacontroller, quotas]
