/** Output of k8s-mtp verify for a weakened Tenant. */
export const weakenedOutput = ''
