import { apiVersion, labels, manager } from '../../api/group.ts'
import { entryKey, type FurtherNamespace } from '../../api/further-namespace.ts'
import { tenantNamespaceName, type TenantNamespaceSpec } from '../../api/tenant-namespace.ts'
import { subjectLists } from '../../api/subject-lists.ts'
import type { Tenant } from '../../api/tenant.ts'
import { subjectKey, uniqueSubjects } from '../subjects/listed-subjects.ts'
import type { TenantNamespaceManifest } from './manifest.ts'
import { tenantOfEntry } from './tenant-of-entry.ts'

/** The object of each entry of spec.namespaces. */
export function tenantNamespaces (tenant: Tenant): TenantNamespaceManifest[] {
  return (tenant.spec.namespaces ?? []).map(entry => tenantNamespace(tenant, entry))
}

export function tenantNamespace (tenant: Tenant, entry: FurtherNamespace): TenantNamespaceManifest {
  const { metadata, spec } = tenantOfEntry(tenant, entry)
  return {
    apiVersion,
    kind: 'TenantNamespace',
    metadata: {
      name: tenantNamespaceName(metadata.name, entryKey(entry)),
      labels: { [labels.managedBy]: manager, [labels.tenant]: metadata.name }
    },
    spec: {
      className: spec.className,
      ...subjectsOf(spec),
      ...withoutEmpty({ quotas: spec.quotas, labels: spec.labels, annotations: spec.annotations }),
      ...inherited(spec)
    }
  }
}

/** The fields that all namespaces of a Tenant share, without those that have their default. */
export function inherited (
  { deletionPolicy, cordoned, paused }: Tenant['spec']
): Pick<TenantNamespaceSpec, 'deletionPolicy' | 'cordoned' | 'paused'> {
  return {
    ...(deletionPolicy === 'Retain' && { deletionPolicy }),
    ...(cordoned === true && { cordoned }),
    ...(paused === true && { paused })
  }
}

function subjectsOf (spec: Tenant['spec']): Pick<TenantNamespaceSpec, 'subjects'> {
  const byRole = subjectLists(spec).filter(({ subjects }) => subjects.length > 0).map(({ role, subjects }) =>
    [role, Object.fromEntries(uniqueSubjects(subjects).map(subject => [subjectKey(subject), subject]))])
  return byRole.length === 0 ? {} : { subjects: Object.fromEntries(byRole) as NonNullable<TenantNamespaceSpec['subjects']> }
}

/** The same is desired without an empty map. */
function withoutEmpty (maps: { [field in 'quotas' | 'labels' | 'annotations']: TenantNamespaceSpec[field] | undefined }) {
  const present = Object.entries(maps).filter(([, map]) => Object.keys(map ?? {}).length > 0)
  return Object.fromEntries(present) as Pick<TenantNamespaceSpec, keyof typeof maps>
}
