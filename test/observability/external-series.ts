/** Metrics of other programs that alerts, dashboard and runbooks query. */
export const externalSeries = {
  'kube-state-metrics': ['kube_resourcequota'],
  // 4.17.2, which does not expose client-go's rate limiter (rest_client_rate_limiter_duration_seconds).
  metacontroller: [
    'metacontroller_sync_in_flight_requests',
    'metacontroller_sync_request_duration_histogram_seconds_bucket',
    'metacontroller_sync_request_duration_histogram_seconds_count',
    'metacontroller_sync_request_duration_histogram_seconds_sum',
    'metacontroller_sync_requests_total',
    'rest_client_requests_total',
    'workqueue_depth',
    'workqueue_longest_running_processor_seconds',
    'workqueue_queue_duration_seconds_count',
    'workqueue_queue_duration_seconds_sum',
    'workqueue_work_duration_seconds_count',
    'workqueue_work_duration_seconds_sum'
  ]
} as const satisfies Record<string, readonly string[]>
