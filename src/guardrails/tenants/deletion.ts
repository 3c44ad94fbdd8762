import { deletionProtectionAnnotation, group } from '../../api/group.ts'
import { quoted } from '../cel.ts'
import type { Guardrail } from '../guardrail.ts'

const isRetained = "has(oldObject.spec.deletionPolicy) && oldObject.spec.deletionPolicy == 'Retain'"
/** Those that are listed, and those that an entry was removed of: they may be kept, whatever the entry says now. */
const hasExisting = `((has(oldObject.spec.namespaces) && oldObject.spec.namespaces.exists(entry, has(entry.existing)))
  || (has(oldObject.status) && has(oldObject.status.namespaces) && oldObject.status.namespaces.exists(each, has(each.reason)
  && each.reason == 'NamespaceUnlisted' && !each.name.startsWith('tenant-' + oldObject.metadata.name + '-'))))`
const keepsNamespaces = `(has(oldObject.spec.namespaces) && oldObject.spec.namespaces.exists(entry,
  has(entry.existing) && (!has(entry.deletionPolicy) || entry.deletionPolicy == 'Retain')))`
const isNotKept = `(has(oldObject.status) && has(oldObject.status.namespaces) && oldObject.status.namespaces.exists(each, has(each.reason)
  && each.reason == 'NamespaceNotKept'))`

export const retainedTenants: Guardrail = {
  name: 'k8s-mtp-retained-tenants',
  purpose: 'A Tenant with deletionPolicy Retain can be deleted only without its namespace, and one with existing namespaces only without ' +
    'waiting for what is in them, and once those that its entries keep are kept.',
  resources: [{ group, resources: ['tenants'], operations: ['DELETE'] }],
  conditions: {
    'is-retained': {
      expression: `${isRetained} || ${hasExisting}`,
      appliesTo: 'Tenants with deletionPolicy Retain, or with existing namespaces'
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
      refuses: 'deleting in the foreground a Tenant with existing namespaces: it would wait forever for the objects in those that are ' +
        'kept',
      expression: `!(${hasExisting}) || variables.propagationPolicy != 'Foreground'`,
      message: 'Tenant {oldObject.metadata.name} has existing namespaces, which may be kept, and cannot wait for the deletion of what is ' +
        `in them. Run kubectl delete tenants.${group} {oldObject.metadata.name} --cascade=background; with Argo CD, set the sync option ` +
        'PrunePropagationPolicy=background'
    },
    kept: {
      refuses: 'deleting a Tenant while an existing namespace lacks the owner that keeps it, or the change that asks for one is not ' +
        'reconciled yet',
      expression: `
        !(${keepsNamespaces}) || variables.propagationPolicy == 'Orphan'
        || (!${isNotKept} && has(oldObject.status) && oldObject.status.observedGeneration == oldObject.metadata.generation)`,
      message: 'Tenant {oldObject.metadata.name} has existing namespaces that may not be kept yet, as its entries say. Wait until it is ' +
        'reconciled, and do what status.namespaces says; to delete those namespaces too, set their deletionPolicy to Delete'
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
