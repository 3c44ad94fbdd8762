/** The API group, and every label and name that other tools may rely on. */
export const group = 'k8s-mtp.dev'
export const version = 'v1'
export const apiVersion = `${group}/${version}`

/** Where the pages are that messages refer to. */
export const docsAddress = 'https://github.com/k8s-mtp/k8s-mtp/blob/main/docs'

export const labels = {
  /** `metadata.name` of the Tenant. */
  tenant: `${group}/tenant`,
  /** `metadata.name` of the TenantClass. */
  class: `${group}/class`,
  /** On namespaces of Tenants with deletionPolicy Retain: admission policies read it there. */
  deletionPolicy: `${group}/deletion-policy`,
  managedBy: 'app.kubernetes.io/managed-by'
} as const

export const manager = 'k8s-mtp'

/** Metacontroller sets it on children (`generateSelector: true`); its value is the uid of the owning Tenant. */
export const ownershipLabel = 'controller-uid'

/** The configuration that Metacontroller applied last (dynamic-apply only). */
export const lastAppliedAnnotation = 'metacontroller.k8s.io/last-applied-configuration'

/** On a managed object: its last correction, `<RFC 3339 time> <what>`. */
export const correctedAnnotation = `${group}/corrected`

/** On namespaces of Tenants: the allowed authors of their class, one a line, where an admission policy reads them. */
export const allowedAuthorsAnnotation = `${group}/allowed-authors`

/** On namespaces of Tenants: the fields of spec.selfService that are on, with commas, where an admission policy reads them. */
export const selfServiceAnnotation = `${group}/self-service`

/** On namespaces of Tenants: spec.namespaceMetadata.finalizers of their class, with commas, where an admission policy reads them. */
export const allowedFinalizersAnnotation = `${group}/allowed-finalizers`

/** On NetworkPolicies of members: the directions in which rules without peers were narrowed, with commas. */
export const narrowedAnnotation = `${group}/narrowed`

/** The field manager that Metacontroller applies as (server-side-apply only). */
export const engineFieldManager = 'metacontroller'

/** Set by the API server on each namespace, and immutable: network policies select by it alone. */
export const namespaceNameLabel = 'kubernetes.io/metadata.name'

export const podSecurityPrefix = 'pod-security.kubernetes.io/'

/** On our CustomResourceDefinitions: an admission policy refuses to delete them, and with them all Tenants. */
export const deletionProtectionAnnotation = `${group}/deletion-protection`
