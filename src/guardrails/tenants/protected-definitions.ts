import { deletionProtectionAnnotation, group } from '../../api/group.ts'
import { quoted } from '../cel.ts'
import type { Guardrail } from '../guardrail.ts'

/** Deleting the CRD deletes all Tenants, and garbage collection then all their namespaces. */
export function protectedDefinitions (): Guardrail {
  return {
    name: 'k8s-mtp-protected-definitions',
    purpose: 'The CustomResourceDefinitions of k8s-mtp are not deleted in passing: all tenants would go with them.',
    resources: [{ group: 'apiextensions.k8s.io', resources: ['customresourcedefinitions'], operations: ['DELETE'] }],
    conditions: { 'is-ours': `oldObject.spec.group == ${quoted(group)}` },
    rules: [{
      id: 'protected',
      refuses: `deleting a CustomResourceDefinition of ${group} that carries ${deletionProtectionAnnotation}`,
      holds: `!has(oldObject.metadata.annotations) || !(${quoted(deletionProtectionAnnotation)} in oldObject.metadata.annotations)`,
      message: { cel: `'deleting ' + oldObject.metadata.name + ' would delete everything of its kind, and with the Tenants all their namespaces and data. If that is what you want: kubectl annotate customresourcedefinition ' + oldObject.metadata.name + ' ${deletionProtectionAnnotation}-'` }
    }]
  }
}
