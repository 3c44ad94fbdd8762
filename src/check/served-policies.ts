import { failed, ok, warning, type Result } from './finding.ts'

/** @param isServed whether the API server serves ValidatingAdmissionPolicy in admissionregistration.k8s.io/v1 */
export function validatingPoliciesServed (isServed: boolean): Result {
  return isServed
    ? ok('ValidatingAdmissionPolicies are served')
    : failed('ValidatingAdmissionPolicies are not served in v1: there would be no guardrails',
      'Remove admissionregistration.k8s.io/v1 from --runtime-config of the API server, or upgrade Kubernetes.')
}

/** @param isServed whether the API server serves MutatingAdmissionPolicy in admissionregistration.k8s.io/v1 */
export function mutatingPoliciesServed (isServed: boolean): Result {
  return isServed
    ? ok('MutatingAdmissionPolicies are served')
    : warning('MutatingAdmissionPolicies are not served in v1: the API server fills in no defaults of pods, so pods must set them',
      'Upgrade to Kubernetes 1.36 or later for spec.workloads.pods.defaults of classes.')
}
