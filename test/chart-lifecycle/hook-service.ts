/** The Service of the chart in a release k8s-mtp. */
export const hookService = { namespace: 'k8s-mtp-system', name: 'k8s-mtp', port: 8080 }
