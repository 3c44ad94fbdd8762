import { labels, lastAppliedAnnotation, ownershipLabel } from '../../api/group.ts'
import { roleNames } from '../../api/tenant.ts'
import { annotationsOfBoth, beforeAndNow, hasOurLabel, isManagedByUs, labelsOfBoth, listOf, namespaceIsTerminating, quoted, sameContent, sameFor, userIsOneOf } from '../cel.ts'
import { namespacedChildren } from '../resource-rules.ts'
import type { Guardrail, Parties } from '../guardrail.ts'

const tenantLabel = quoted(labels.tenant)
const uidLabel = quoted(ownershipLabel)

const roles = roleNames.map(name => `tenant-${name}`)

/**
 * The engine does what the hook answers, and who answers in the hook's place must not get further than the tenants. What it may do
 * anywhere is to sign: to put its ownerReference, its label and its annotation on an object, or to take them off.
 */
export function engineObjects ({ engine }: Parties): Guardrail {
  return {
    name: 'k8s-mtp-engine-objects',
    purpose: 'The engine writes only in the namespaces of tenants, only under our names, and only objects of the tenant whose namespace it is.',
    resources: namespacedChildren(['CREATE', 'UPDATE', 'DELETE']),
    conditions: { 'is-the-engine': userIsOneOf([engine]) },
    variables: {
      ...beforeAndNow,
      ...labelsOfBoth,
      ...annotationsOfBoth,
      name: 'variables.now != null ? variables.now.metadata.name : variables.before.metadata.name',
      object: "request.resource.resource + ' ' + request.namespace + '/' + variables.name",
      isSigning: `
        request.operation == 'UPDATE' && ${sameContent}
        && ${sameFor(`key != ${quoted(ownershipLabel)}`, 'variables.labelsBefore', 'variables.labelsNow')}
        && ${sameFor(`key != ${quoted(lastAppliedAnnotation)}`, 'variables.annotationsBefore', 'variables.annotationsNow')}`,
      labelsOfNamespace: 'has(namespaceObject.metadata.labels) ? namespaceObject.metadata.labels : {}',
      // One that has just been given to a Tenant bears only its uid until the engine has labelled it.
      isTenants: `request.namespace.startsWith('tenant-') && (${tenantLabel} in variables.labelsOfNamespace || ${uidLabel} in variables.labelsOfNamespace)`,
      writes: "request.operation != 'DELETE' && !variables.isSigning"
    },
    rules: [
      {
        id: 'where',
        refuses: 'the engine writing or deleting anything outside of the namespaces of tenants',
        holds: 'variables.isSigning || variables.isTenants',
        message: { cel: "'the engine writes in namespaces of tenants only, and ' + request.namespace + ' is none: ' + variables.object" }
      },
      {
        id: 'whose',
        refuses: 'the engine writing an object without our labels, or into the namespace of another tenant',
        holds: `
          !variables.writes || (${isManagedByUs('variables.labelsNow')} && ${tenantLabel} in variables.labelsNow && ${uidLabel} in variables.labelsNow
          && request.namespace.startsWith('tenant-' + variables.labelsNow[${tenantLabel}] + '-')
          && (${uidLabel} in variables.labelsOfNamespace
            ? variables.labelsNow[${uidLabel}] == variables.labelsOfNamespace[${uidLabel}]
            : ${tenantLabel} in variables.labelsOfNamespace && variables.labelsNow[${tenantLabel}] == variables.labelsOfNamespace[${tenantLabel}]))`,
        message: { cel: "'the engine writes objects of the tenant whose namespace it is, with its labels: ' + variables.object" }
      },
      {
        id: 'names',
        refuses: `roles, bindings, limits and rules for workloads under other names than ours (${roles.join(', ')}, tenant-limits, tenant-workloads)`,
        holds: `
          !variables.writes
          || (request.resource.resource == 'roles' ? variables.name in ${listOf(roles)}
          : request.resource.resource == 'rolebindings' ? variables.name.matches('^(${roles.join('|')})(-[a-z0-9]+)?$')
          : request.resource.resource == 'limitranges' ? variables.name == 'tenant-limits'
          : request.resource.resource == 'workloadpolicies' ? variables.name == 'tenant-workloads'
          : true)`,
        message: { cel: "'the engine writes no object of this name: ' + variables.object" }
      },
      {
        id: 'delete',
        refuses: 'the engine deleting what no Tenant made and nobody gave to one, or anything while its namespace terminates: what isolates must stay until the last pod has gone',
        holds: `request.operation != 'DELETE' || ((${hasOurLabel('variables.labelsBefore')} || ${uidLabel} in variables.labelsBefore) && !(${namespaceIsTerminating}))`,
        message: { cel: "'the engine deletes only objects of tenants, and none while the namespace terminates: ' + variables.object" }
      },
      {
        id: 'isolation',
        refuses: 'the engine deleting the network policy default-deny or the rules for workloads: every Tenant has them, so an answer of the hook that lacks them is wrong',
        holds: `
          request.operation != 'DELETE' || !((request.resource.resource == 'networkpolicies' && variables.name == 'default-deny')
          || request.resource.resource == 'workloadpolicies')`,
        message: { cel: "'the engine never deletes what every tenant has for its isolation: ' + variables.object" }
      }
    ]
  }
}
