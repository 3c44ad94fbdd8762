import { labels, lastAppliedAnnotation, ownershipLabel, podSecurityPrefix } from '../../api/group.ts'
import { annotationsOfBoth, beforeAndNow, hasOurLabel, isManagedByUs, labelsOfBoth, listOf, quoted, sameFor, tenantOwnersIn, userIsOneOf } from '../cel.ts'
import { namespaces } from '../resource-rules.ts'
import type { Guardrail, Parties } from '../guardrail.ts'

const enforceLabel = quoted(`${podSecurityPrefix}enforce`)

/** Namespaces that the engine makes are tenants'; of all others it keeps its hands off. That it deletes none stands elsewhere. */
export function engineNamespaces ({ engine, podSecurity }: Parties): Guardrail {
  return {
    name: 'k8s-mtp-engine-namespaces',
    purpose: 'The engine creates and changes only namespaces called tenant-<tenant>-<name>, and takes over none that it was not given.',
    resources: [namespaces(['CREATE', 'UPDATE'])],
    conditions: { 'is-the-engine': userIsOneOf([engine]) },
    variables: {
      ...beforeAndNow,
      ...labelsOfBoth,
      ...annotationsOfBoth,
      name: 'variables.now.metadata.name',
      isSigning: `
        request.operation == 'UPDATE'
        && ${sameFor(`key != ${quoted(ownershipLabel)}`, 'variables.labelsBefore', 'variables.labelsNow')}
        && ${sameFor(`key != ${quoted(lastAppliedAnnotation)}`, 'variables.annotationsBefore', 'variables.annotationsNow')}`
    },
    rules: [
      {
        id: 'names',
        refuses: 'the engine making a namespace that is not called for its tenant, or that lacks our labels or pod security, and changing any other one',
        holds: `
          variables.isSigning || (
            ${hasOurLabel('variables.labelsNow')} && ${isManagedByUs('variables.labelsNow')} && ${quoted(ownershipLabel)} in variables.labelsNow
            && ${enforceLabel} in variables.labelsNow
            && variables.name.startsWith('tenant-' + variables.labelsNow[${quoted(labels.tenant)}] + '-')
          )`,
        message: { cel: "'the engine writes namespaces of tenants only, called tenant-<tenant>-<name> and labelled so, with pod security: ' + variables.name" }
      },
      {
        id: 'pod-security',
        refuses: `the engine setting a pod security other than ${podSecurity.join(' or ')}: a privileged pod is root on its node`,
        holds: `variables.isSigning || !(${enforceLabel} in variables.labelsNow) || variables.labelsNow[${enforceLabel}] in ${listOf(podSecurity)}`,
        message: { cel: `'the engine sets pod security ${podSecurity.join(' or ')} only, not ' + variables.labelsNow[${enforceLabel}] + ': ' + variables.name + '. For classes that need more: k8s-mtp guardrails --pod-security'` }
      },
      {
        id: 'given',
        refuses: 'the engine taking over a namespace that is there already and that nobody has given to a Tenant by the label controller-uid',
        holds: `
          request.operation == 'CREATE' || ${hasOurLabel('variables.labelsBefore')} || ${quoted(ownershipLabel)} in variables.labelsBefore
          || ${tenantOwnersIn('variables.before')}.size() > 0`,
        message: { cel: "'namespace ' + variables.name + ' is there already and was not given to a Tenant, so the engine leaves it alone: k8s-mtp adopt gives it'" }
      }
    ]
  }
}
