import { pageOf, type Cause } from './cause.ts'

/** Without a remedy: the message has it. */
interface Refusal { says: RegExp, remedy?: string, page: string }

const refusedPod = 'tenants.md#my-pod-was-refused'
const otherRefusal = 'tenants.md#something-else-was-refused'

/** What the API server says of objects that it refuses, with what to do. The first that fits counts. */
const refusals: Refusal[] = [
  {
    says: /exceeded quota/,
    remedy: 'Lower the requests or replicas, delete unused objects, or ask for a higher quota',
    page: 'tenants.md#quotas'
  },
  { says: /failed quota/, remedy: 'Set requests and limits of each container that the message names', page: 'tenants.md#quotas' },
  { says: /violates PodSecurity/, remedy: 'Set in the pod template the fields that the message names', page: refusedPod },
  { says: /(maximum|minimum) .* usage per|must be less than or equal to/, remedy: 'Change requests and limits as the message says', page: refusedPod },
  { says: /is cordoned/, remedy: 'Ask the platform team to admit pods again. Running pods continue', page: refusedPod },
  { says: /no params found for policy binding/, remedy: 'Wait until the Tenant is Ready: the WorkloadPolicy of the namespace is missing', page: refusedPod },
  { says: /serviceaccount .* not found|error looking up service account/, remedy: 'Create the ServiceAccount, or remove serviceAccountName', page: refusedPod },
  { says: /priority ?class .* (was )?found/i, remedy: 'Remove priorityClassName, or ask for the PriorityClass', page: refusedPod },
  { says: /TenantClass|k8s-mtp/, page: refusedPod }
]

/** Without the generated name of the pod, and without the name of the policy: what remains is the same for all pods of a workload. */
export function refusalText (message: string): string {
  return message.replace(/^.*? is forbidden: /s, '').replace(/^ValidatingAdmissionPolicy '[^']*' with binding '[^']*' denied request: /, '').trim()
}

export function refusalAdvice (message: string): Pick<Cause, 'message' | 'page'> {
  const text = refusalText(message)
  const found = refusals.find(({ says }) => says.test(text))
  // Messages of guardrails say what to do.
  const remedy = found === undefined ? 'Change what it names' : found.remedy ?? ''
  return { message: sentences(text, remedy), page: pageOf(found?.page ?? otherRefusal) }
}

/** What is wrong, then what to do. */
export function sentences (problem: string, remedy: string): string {
  const trimmed = problem.replace(/[.\s]+$/, '')
  return remedy === '' ? trimmed : `${trimmed}. ${remedy}`
}

/** What Metacontroller reports of its own requests. */
const syncErrors: Refusal[] = [
  {
    says: /attempting to grant RBAC permissions not currently held/,
    remedy: 'Grant Metacontroller the permissions of the class: add the class to classes of the chart and run helm upgrade',
    page: 'troubleshooting.md#rbac-refuses-a-role'
  },
  { says: /ValidatingAdmissionPolicy 'k8s-mtp-engine/, remedy: 'Change the class or the guardrails as the message says', page: 'troubleshooting.md#metacontroller-cannot-apply-an-object' },
  { says: /exceeded quota/, remedy: 'Raise the quota of the class: it counts the objects of the Tenant', page: 'troubleshooting.md#metacontroller-cannot-apply-an-object' },
  { says: /cannot (create|update|patch|delete|list|get) resource/, remedy: 'Run helm upgrade: ClusterRole k8s-mtp-engine is missing or old', page: 'troubleshooting.md#metacontroller-cannot-apply-an-object' },
  { says: /being terminated/, remedy: 'Wait until the namespace is deleted; it is recreated then', page: 'troubleshooting.md#a-namespace-stays-in-terminating' },
  { says: /x509|\b401\b/, remedy: 'Check certificates and credentials between Metacontroller and the hook', page: 'security.md#tls-and-authentication' },
  { says: /timeout|deadline|connection refused|no such host|no route/i, remedy: 'Check that the hook runs, and that NetworkPolicies admit Metacontroller to it', page: 'troubleshooting.md#nothing-happens-at-all' }
]

export function syncErrorAdvice (message: string): Pick<Cause, 'message' | 'page'> {
  const found = syncErrors.find(({ says }) => says.test(message))
  return {
    message: sentences(`Metacontroller reports: ${message.trim()}`, found?.remedy ?? 'Check the installation'),
    page: pageOf(found?.page ?? 'troubleshooting.md#metacontroller-cannot-apply-an-object')
  }
}
