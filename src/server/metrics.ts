import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Metrics of the hook. None is labeled by Tenant: the hook has no state, and replicas would disagree. */
export type Metrics = ReturnType<typeof createMetrics>

/** Creates the metrics in a registry of their own, with those of the process. */
export function createMetrics (version: string) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  new Gauge({
    name: 'k8s_mtp_build_info',
    help: 'Always 1; the versions of k8s-mtp and Node.js are labels.',
    labelNames: ['version', 'node'],
    registers
  }).set({ version, node: process.version }, 1)
  const expiry = new Gauge({
    name: 'k8s_mtp_tls_certificate_expiry_timestamp_seconds',
    help: 'Expiry time of the serving certificate, in seconds since 1970. Exists only with TLS.',
    registers: []
  })
  return {
    registry,
    requests: new Counter({
      name: 'k8s_mtp_sync_requests_total',
      help: 'Requests from Metacontroller, by hook (sync, customize) and result ' +
        '(declared, on_hold, responded, refused, unauthenticated, failed).',
      labelNames: ['hook', 'result'],
      registers
    }),
    duration: new Histogram({
      name: 'k8s_mtp_sync_duration_seconds',
      help: 'Duration of requests from Metacontroller, in seconds, by hook.',
      labelNames: ['hook'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers
    }),
    children: new Histogram({
      name: 'k8s_mtp_children',
      help: 'Objects in a response to /sync.',
      buckets: [1, 10, 15, 20, 50, 100, 250, 1000],
      registers
    }),
    onHold: new Counter({
      name: 'k8s_mtp_on_hold_total',
      help: 'Responses to /sync that change nothing, since the Tenant is on hold or paused, by reason.',
      labelNames: ['reason'],
      registers
    }),
    corrected: new Counter({
      name: 'k8s_mtp_drift_corrected_total',
      help: 'Objects with corrected drift: others had changed or deleted them. By kind.',
      labelNames: ['kind'],
      registers
    }),
    reloads: new Counter({
      name: 'k8s_mtp_credential_reloads_total',
      help: 'Reloads of changed credential files (certificate, client_authorities, tokens), by result: loaded, or refused as invalid.',
      labelNames: ['credential', 'result'],
      registers
    }),
    /** Adds the series. Without TLS there is none: 0 would be a certificate that expired in 1970. */
    certificateExpires (notAfter: Date): void {
      registry.registerMetric(expiry)
      expiry.set(notAfter.getTime() / 1000)
    }
  }
}
