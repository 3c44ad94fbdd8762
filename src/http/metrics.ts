import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** What the hook counts. There are no series by tenant: the hook has no state, and replicas would disagree. */
export interface Metrics {
  registry: Registry
  requests: Counter<'hook' | 'result'>
  duration: Histogram<'hook'>
  children: Histogram
  held: Counter<'reason'>
  healed: Counter<'kind'>
}

export function createMetrics (version: string): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  new Gauge({ name: 'k8s_mtp_build_info', help: 'Always 1; the version is a label.', labelNames: ['version', 'node'], registers })
    .set({ version, node: process.version }, 1)
  return {
    registry,
    requests: new Counter({ name: 'k8s_mtp_sync_requests_total', help: 'Requests of Metacontroller by hook (sync, customize) and result (declared, held, answered, refused, failed).', labelNames: ['hook', 'result'], registers }),
    duration: new Histogram({ name: 'k8s_mtp_sync_duration_seconds', help: 'Time to answer a request, in seconds.', labelNames: ['hook'], buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5], registers }),
    children: new Histogram({ name: 'k8s_mtp_children', help: 'Objects returned for one Tenant.', buckets: [1, 10, 15, 20, 50, 100, 250, 1000], registers }),
    held: new Counter({ name: 'k8s_mtp_held_total', help: 'Answers that left everything as it is, by reason.', labelNames: ['reason'], registers }),
    healed: new Counter({ name: 'k8s_mtp_healed_total', help: 'Objects that somebody had changed or deleted, found and put right, by kind.', labelNames: ['kind'], registers })
  }
}
