/** Series that alerts, dashboard and runbooks ask for and that neither the hook nor our configuration of kube-state-metrics gives, by who does. */
export const foreignSeries = {
  'kube-state-metrics': ['kube_resourcequota'],
  // 4.17.2. What client-go counts of its rate limiter (rest_client_rate_limiter_duration_seconds) it does not show.
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
