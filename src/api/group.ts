/** The API group and version of all kinds, and every label and name that other tools may rely on. */
export const group = 'k8s-mtp.dev'
export const version = 'v1'
export const apiVersion = `${group}/${version}`

/** Where the pages are that messages refer to. */
export const docsAddress = 'https://github.com/k8s-mtp/k8s-mtp/blob/main/docs'

export const labels = {
  /** `metadata.name` of the Tenant that an object was made for. */
  tenant: `${group}/tenant`,
  /** `metadata.name` of the TenantClass in force when the object was declared. */
  class: `${group}/class`,
  /** On the namespaces of Tenants with deletionPolicy Retain, so that the API server knows without asking for the Tenant. */
  deletionPolicy: `${group}/deletion-policy`,
  managedBy: 'app.kubernetes.io/managed-by'
} as const

export const manager = 'k8s-mtp'

/** Put on children by Metacontroller (`generateSelector: true`); its value is the uid of the owning Tenant. */
export const ownershipLabel = 'controller-uid'

/** Where Metacontroller keeps what it applied last (dynamic-apply only). */
export const lastAppliedAnnotation = 'metacontroller.k8s.io/last-applied-configuration'

/** On a managed object: what was corrected there last, `<RFC 3339 time> <what>`. */
export const correctedAnnotation = `${group}/corrected`

/** The field manager that Metacontroller applies as (server-side-apply only). */
export const engineFieldManager = 'metacontroller'

/** Set by the API server on each namespace and not changeable: the only label that network rules select by. */
export const namespaceNameLabel = 'kubernetes.io/metadata.name'

export const podSecurityPrefix = 'pod-security.kubernetes.io/'

/** While a CustomResourceDefinition of ours carries it, the API server refuses to delete it, and with it all Tenants. */
export const deletionProtectionAnnotation = `${group}/deletion-protection`
