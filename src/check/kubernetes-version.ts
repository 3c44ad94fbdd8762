import { failed, ok, warning, type Result } from './finding.ts'

/** The lowest minor version of Kubernetes 1 that k8s-mtp is tested on, and the lowest that serves all that it needs. */
const [lowestTested, lowest] = [35, 34]

const upgrade = `Upgrade the control plane to Kubernetes 1.${lowestTested} or later.`

/** @param gitVersion as the API server reports it, such as `v1.36.3+k3s1` */
export function kubernetesVersion (gitVersion: string): Result {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(gitVersion) ?? []
  const message = `Kubernetes ${gitVersion}`
  if (major !== '1' || minor === undefined) return warning(`${message} is unknown to this version of k8s-mtp`, 'Use the newest k8s-mtp.')
  if (Number(minor) < lowest) return failed(`${message} is too old: ValidatingAdmissionPolicies miss fields that guardrails use`, upgrade)
  if (Number(minor) < lowestTested) return warning(`${message} is not tested`, upgrade)
  return ok(message)
}
