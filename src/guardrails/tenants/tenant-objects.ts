import { exceptBreakGlass, exceptCounts, exceptEngine } from '../conditions.ts'
import type { Guardrail, Parties } from '../guardrail.ts'
import { merge } from '../merge.ts'
import { namespacedChildren, namespaces, namespaceSubresources, quotaStatus } from '../resource-rules.ts'
import { managedObjects } from './managed-objects.ts'
import { reservedMetadata } from './reserved-metadata.ts'
import { unmanagedObjects } from './unmanaged-objects.ts'

export const tenantObjects = (parties: Parties): Guardrail => merge({
  name: 'k8s-mtp-tenant-objects',
  purpose: 'What isolates a Tenant changes only with the Tenant and its TenantClass, and is not undone by objects beside it.',
  resources: [
    namespaces(['CREATE', 'UPDATE']), namespaceSubresources, ...namespacedChildren(['CREATE', 'UPDATE', 'DELETE']), quotaStatus
  ],
  conditions: { ...exceptEngine(parties), ...exceptCounts, ...exceptBreakGlass(parties) }
}, {
  managed: managedObjects(parties),
  unmanaged: unmanagedObjects(parties),
  metadata: reservedMetadata(parties)
})
