import { group } from '../../api/group.ts'
import type { Guardrail } from '../guardrail.ts'

/** Deleting a Tenant deletes its namespace with all data; some Tenants are not to be deleted in passing. */
export function retainedTenants (): Guardrail {
  return {
    name: 'k8s-mtp-retained-tenants',
    purpose: 'A Tenant with the deletionPolicy Retain is deleted only in a way that keeps its namespace.',
    resources: [{ group, resources: ['tenants'], operations: ['DELETE'] }],
    conditions: { 'is-retained': "has(oldObject.spec.deletionPolicy) && oldObject.spec.deletionPolicy == 'Retain'" },
    rules: [{
      id: 'retain',
      refuses: 'deleting a Tenant with deletionPolicy Retain without orphaning what it owns',
      holds: "has(request.options.propagationPolicy) && request.options.propagationPolicy == 'Orphan'",
      message: { cel: "'Tenant ' + oldObject.metadata.name + ' has the deletionPolicy Retain: delete it with kubectl delete tenants.k8s-mtp.dev ' + oldObject.metadata.name + ' --cascade=orphan, which keeps its namespace and all data, or set spec.deletionPolicy to Delete first'" }
    }]
  }
}
