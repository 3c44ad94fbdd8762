/** Series that alerts and dashboard ask for and that neither the hook nor our configuration of kube-state-metrics gives, by who does. */
export const foreignSeries = {
  'kube-state-metrics': ['kube_resourcequota'],
  // 4.17.2. What client-go counts of its rate limiter (rest_client_rate_limiter_duration_seconds) it does not show.
  metacontroller: [
    'metacontroller_sync_in_flight_requests',
    'workqueue_depth',
    'workqueue_longest_running_processor_seconds',
    'workqueue_queue_duration_seconds_count',
    'workqueue_queue_duration_seconds_sum'
  ]
} as const satisfies Record<string, readonly string[]>
