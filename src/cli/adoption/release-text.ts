import { releasedObjects, type ReleaseSituation } from '../../adoption/release-steps.ts'
import { displayName } from '../../kubernetes/object.ts'
import { readLooseTenant } from '../../tenancy/observed/loose-tenant.ts'
import { endingAccess } from '../../tenancy/subjects/expiry.ts'
import { plural } from '../../plural.ts'
import { columns, section } from '../output/layout.ts'

/** Describes what a release keeps and what it removes. */
export function releasePlanText (situation: ReleaseSituation): string {
  const { tenantName, namespaceName, tenant } = situation
  const objects = releasedObjects(situation).map(object => [displayName(object)])
  const owner = `Tenant ${tenantName}${tenant === undefined ? ', which no longer exists,' : ''}`
  return [
    `${owner} releases namespace ${namespaceName}, which stays with everything in it.\n`,
    ...section('Kept, without drift correction from now on', columns([
      [`Namespace/${namespaceName}`, 'with its pod security labels'], ...objects
    ])),
    ...section('Access that no longer expires, until you remove it from its RoleBinding', expiringAccess(situation)),
    ...section('Removed from the namespace and these objects', [
      'the labels controller-uid, k8s-mtp.dev/* and app.kubernetes.io/managed-by=k8s-mtp',
      'the annotations k8s-mtp.dev/* and the last-applied annotation of Metacontroller',
      ...(tenant === undefined ? ['ownerReferences to the Tenant'] : [])
    ])
  ].join('\n')
}

function expiringAccess ({ tenant }: ReleaseSituation): string[] {
  if (tenant === undefined) return []
  return endingAccess(readLooseTenant(tenant).subjects, new Date()).map(({ role, kind, namespace, name, expiresAt }) =>
    `${role} ${kind} ${namespace === undefined ? '' : `${namespace}/`}${name} (${String(expiresAt)})`)
}

export function releaseDoneText (situation: ReleaseSituation): string {
  const { tenantName, namespaceName, tenant } = situation
  const objects = plural(releasedObjects(situation).length, 'object')
  return [
    `\nDone: namespace ${namespaceName} and the ${objects} of the Tenant in it are not managed any more. Users keep their access.`,
    ...(tenant === undefined
      ? []
      : [
          `Tenant ${tenantName} is on hold, and deleting it does not delete the namespace. Next, one of:`,
          `  kubectl delete tenants.k8s-mtp.dev ${tenantName}`,
          `  k8s-mtp adopt ${tenantName} ${namespaceName} --yes     to adopt the namespace again`
        ])
  ].join('\n')
}
