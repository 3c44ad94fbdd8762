import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** What the hook counts. There are no series by tenant: the hook has no state, and replicas would disagree. */
export interface Metrics {
  registry: Registry
  requests: Counter<'hook' | 'result'>
  duration: Histogram<'hook'>
  children: Histogram
  onHold: Counter<'reason'>
  corrected: Counter<'kind'>
  reloads: Counter<'credential' | 'result'>
  /** Makes the series: without TLS there is none, as 0 would be a certificate that expired in 1970. */
  certificateExpires (notAfter: Date): void
}

/** In a registry of their own, with those of the process. */
export function createMetrics (version: string): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  new Gauge({ name: 'k8s_mtp_build_info', help: 'Always 1; the version is a label.', labelNames: ['version', 'node'], registers })
    .set({ version, node: process.version }, 1)
  const expiry = new Gauge({ name: 'k8s_mtp_tls_certificate_expiry_timestamp_seconds', help: 'When the certificate that is served expires, in seconds since 1970.', registers: [] })
  const requests = new Counter({ name: 'k8s_mtp_sync_requests_total', help: 'Requests of Metacontroller by hook (sync, customize) and result (declared, on_hold, responded, refused, unauthenticated, failed).', labelNames: ['hook', 'result'], registers })
  // A series that begins with its first failure shows no increase.
  for (const result of ['declared', 'on_hold', 'refused', 'unauthenticated', 'failed']) requests.inc({ hook: 'sync', result }, 0)
  for (const result of ['responded', 'refused', 'unauthenticated', 'failed']) requests.inc({ hook: 'customize', result }, 0)
  return {
    registry,
    requests,
    duration: new Histogram({ name: 'k8s_mtp_sync_duration_seconds', help: 'Time to answer a request, in seconds.', labelNames: ['hook'], buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10], registers }),
    children: new Histogram({ name: 'k8s_mtp_children', help: 'Objects returned for one Tenant.', buckets: [1, 10, 15, 20, 50, 100, 250, 1000], registers }),
    onHold: new Counter({ name: 'k8s_mtp_on_hold_total', help: 'Answers that left everything as it is, by reason.', labelNames: ['reason'], registers }),
    corrected: new Counter({ name: 'k8s_mtp_drift_corrected_total', help: 'Objects that somebody had changed or deleted, found and put right, by kind.', labelNames: ['kind'], registers }),
    reloads: new Counter({ name: 'k8s_mtp_credential_reloads_total', help: 'Files of credentials (certificate, client_authorities, tokens) read again after a change, by result: taken, or refused as they cannot be used.', labelNames: ['credential', 'result'], registers }),
    certificateExpires (notAfter) {
      registry.registerMetric(expiry)
      expiry.set(notAfter.getTime() / 1000)
    }
  }
}
