import { deletionProtectionAnnotation, group } from '../../api/group.ts'
import { quoted } from '../cel.ts'
import type { Guardrail } from '../guardrail.ts'

export const retainedTenants: Guardrail = {
  name: 'k8s-mtp-retained-tenants',
  purpose: 'A Tenant with deletionPolicy Retain can be deleted only without its namespace.',
  resources: [{ group, resources: ['tenants'], operations: ['DELETE'] }],
  conditions: {
    'is-retained': {
      expression: "has(oldObject.spec.deletionPolicy) && oldObject.spec.deletionPolicy == 'Retain'",
      appliesTo: 'Tenants with deletionPolicy Retain'
    }
  },
  rules: {
    retain: {
      refuses: 'deleting the Tenant without orphaning its objects',
      expression: "has(request.options.propagationPolicy) && request.options.propagationPolicy == 'Orphan'",
      message: 'Tenant {oldObject.metadata.name} has deletionPolicy Retain. To keep its namespace and data, run kubectl delete ' +
        `tenants.${group} {oldObject.metadata.name} --cascade=orphan; to delete them, first set spec.deletionPolicy to Delete`
    }
  }
}

/** Deleting the CRD deletes all Tenants, and garbage collection then all of their namespaces. */
export const protectedDefinitions: Guardrail = {
  name: 'k8s-mtp-protected-definitions',
  purpose: 'The CustomResourceDefinitions of k8s-mtp, and all Tenants with them, cannot be deleted by accident.',
  resources: [{ group: 'apiextensions.k8s.io', resources: ['customresourcedefinitions'], operations: ['DELETE'] }],
  conditions: { 'is-ours': { expression: `oldObject.spec.group == ${quoted(group)}`, appliesTo: `CustomResourceDefinitions of ${group}` } },
  rules: {
    protected: {
      refuses: `deleting the CustomResourceDefinition while it has the annotation ${deletionProtectionAnnotation}`,
      expression: `
        !has(oldObject.metadata.annotations) || !(${quoted(deletionProtectionAnnotation)} in oldObject.metadata.annotations)`,
      message: 'deleting {oldObject.metadata.name} deletes every object of its kind; deleting Tenants deletes their namespaces and data. ' +
        'To delete it anyway, first run kubectl annotate customresourcedefinition {oldObject.metadata.name} ' +
        `${deletionProtectionAnnotation}-`
    }
  }
}
