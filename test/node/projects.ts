/** The projects of vitest that run on a node, each on one of its own, with their files. */
export const nodeProjects = {
  'helm-3': ['test/chart-lifecycle/helm-3.test.ts'],
  'helm-4': ['test/chart-lifecycle/helm-4.test.ts'],
  demo: ['test/node/demo.test.ts'],
  failover: ['test/node/failover.test.ts'],
  tenants: ['test/node/tenants.test.ts']
}

/** The one that a quick run has: what pods and packets can reach. */
export const quickNodeProject = 'tenants'
