import { deletionProtectionAnnotation, group } from '../../api/group.ts'
import { quoted } from '../cel.ts'
import type { Guardrail } from '../guardrail.ts'

const isRetained = "has(oldObject.spec.deletionPolicy) && oldObject.spec.deletionPolicy == 'Retain'"
const keepsNamespaces = `(has(oldObject.spec.namespaces) && oldObject.spec.namespaces.exists(entry,
  has(entry.existing) && (!has(entry.deletionPolicy) || entry.deletionPolicy == 'Retain')))`

export const retainedTenants: Guardrail = {
  name: 'k8s-mtp-retained-tenants',
  purpose: 'A Tenant with deletionPolicy Retain can be deleted only without its namespace, and one with existing namespaces that are ' +
    'kept only without waiting for what is in them.',
  resources: [{ group, resources: ['tenants'], operations: ['DELETE'] }],
  conditions: {
    'is-retained': {
      expression: `${isRetained} || ${keepsNamespaces}`,
      appliesTo: 'Tenants with deletionPolicy Retain, or with existing namespaces that are kept'
    }
  },
  variables: { propagationPolicy: "has(request.options.propagationPolicy) ? request.options.propagationPolicy : ''" },
  rules: {
    retain: {
      refuses: 'deleting the Tenant without orphaning its objects',
      expression: `!(${isRetained}) || variables.propagationPolicy == 'Orphan'`,
      message: 'Tenant {oldObject.metadata.name} has deletionPolicy Retain. To keep its namespace and data, run kubectl delete ' +
        `tenants.${group} {oldObject.metadata.name} --cascade=orphan; to delete them, first set spec.deletionPolicy to Delete`
    },
    foreground: {
      refuses: 'deleting in the foreground a Tenant with existing namespaces that are kept: it would wait forever for the objects in them',
      expression: `!(${keepsNamespaces}) || variables.propagationPolicy != 'Foreground'`,
      message: 'Tenant {oldObject.metadata.name} has existing namespaces that are kept, and cannot wait for the deletion of what is in ' +
        `them. Run kubectl delete tenants.${group} {oldObject.metadata.name} --cascade=background; with Argo CD, set the sync option ` +
        'PrunePropagationPolicy=background'
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
