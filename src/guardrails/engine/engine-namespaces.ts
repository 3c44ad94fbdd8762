import { labels, ownershipLabel, podSecurityPrefix } from '../../api/group.ts'
import {
  hasManagedByLabel, hasTenantLabel, isGivenExisting, isOwnedByItsTenant, isTheTenantIn, listOf, quoted, sameLabels, tenantLabel, uidLabel
} from '../cel.ts'
import type { GuardrailPart, Parties } from '../guardrail.ts'
import { namespaces } from '../resource-rules.ts'
import { checkHook, sameOtherAnnotations } from './engine-cel.ts'

const deletionPolicyLabel = quoted(labels.deletionPolicy)
const enforceLabel = quoted(`${podSecurityPrefix}enforce`)

/** That the engine deletes no namespace is a rule of tenant-namespaces. */
export const engineNamespaces = ({ podSecurity }: Pick<Parties, 'podSecurity'>): GuardrailPart => ({
  purpose: 'Metacontroller creates only namespaces named tenant-<tenant>-<name>, and changes only these and those given to a Tenant.',
  resources: [namespaces(['CREATE', 'UPDATE'])],
  variables: {
    onlyAdoptsOrReleases: `request.operation == 'UPDATE' && ${sameLabels(`key != ${uidLabel}`)} && ${sameOtherAnnotations}`,
    isGivenExisting
  },
  rules: {
    names: {
      refuses: 'Metacontroller creating or changing a namespace that is not named for its Tenant and was not given to it, or lacks ' +
        'its labels or pod security',
      expression: `
        variables.onlyAdoptsOrReleases || (
          ${hasTenantLabel('variables.labelsNow')} && ${hasManagedByLabel('variables.labelsNow')}
          && ${uidLabel} in variables.labelsNow && ${enforceLabel} in variables.labelsNow
          && (variables.isGivenExisting || variables.name.startsWith('tenant-' + variables.labelsNow[${tenantLabel}] + '-'))
        )`,
      message: 'Metacontroller may write only namespaces named tenant-<tenant>-<name> or given to a Tenant, with the labels of the ' +
        `Tenant and pod security. ${checkHook}`
    },
    'pod-security': {
      refuses: `Metacontroller setting a pod security other than ${podSecurity.join(' or ')}: a privileged pod is root on its node`,
      expression: `
        variables.onlyAdoptsOrReleases || !(${enforceLabel} in variables.labelsNow)
        || variables.labelsNow[${enforceLabel}] in ${listOf(podSecurity)}`,
      message: `Metacontroller may set only pod security ${podSecurity.join(' or ')}. ` +
        'For classes that need more, use k8s-mtp guardrails --pod-security'
    },
    takeover: {
      refuses: 'Metacontroller taking over an existing namespace that was not given to a Tenant by the label controller-uid',
      expression: `
        request.operation == 'CREATE' || ${hasTenantLabel('variables.labelsBefore')} || ${uidLabel} in variables.labelsBefore
        || variables.tenantOwnersBefore.size() > 0`,
      message: 'Metacontroller may not take over an existing namespace. Give it to the Tenant with k8s-mtp adopt'
    },
    'other-tenant': {
      refuses: `Metacontroller setting, changing or removing the label ${ownershipLabel} of an existing namespace`,
      expression: `request.operation == 'CREATE' || ${sameLabels(`key == ${uidLabel}`)}`,
      message: 'Metacontroller may not move a namespace to another Tenant. Use k8s-mtp release and k8s-mtp adopt'
    },
    // Names are ambiguous (tenant-a-b-c), so the owner decides, which Metacontroller cannot change.
    'tenant-label': {
      refuses: `Metacontroller setting, changing or removing the label ${labels.tenant} of an existing namespace, except to the name of ` +
        `the only owning Tenant, with the uid in the label ${ownershipLabel}`,
      expression: `
        request.operation == 'CREATE' || ${sameLabels(`key == ${tenantLabel}`)}
        || (variables.tenantOwnersBefore.size() > 0 && ${uidLabel} in variables.labelsBefore && ${tenantLabel} in variables.labelsNow
        && variables.tenantOwnersBefore.all(owner, owner in variables.tenantOwnersNow
        && owner.uid == variables.labelsBefore[${uidLabel}] && ${isTheTenantIn('variables.labelsNow')}))`,
      message: `Metacontroller may not set the label ${labels.tenant} of a namespace to another name than that of its owner. ` +
        'Give the namespace to a Tenant with k8s-mtp adopt'
    },
    // With the label, a namespace outlives its Tenant.
    retention: {
      refuses: `Metacontroller changing or removing the label ${labels.deletionPolicy} of a namespace, except while the Tenant ` +
        'in its labels owns it, before and after',
      expression: `
        request.operation == 'CREATE' || !(${deletionPolicyLabel} in variables.labelsBefore)
        || ${sameLabels(`key == ${deletionPolicyLabel}`)}
        || (${isOwnedByItsTenant} && variables.tenantOwnersBefore == variables.tenantOwnersNow)`,
      message: `Metacontroller may not change the label ${labels.deletionPolicy} of a namespace that has no Tenant. ` +
        'Give it to a Tenant with k8s-mtp adopt, or free it with k8s-mtp release'
    }
  }
})
