import { labels as labelKeys, podSecurityPrefix } from '../../api/group.ts'
import type { PodSecurity } from '../../api/tenant-class.ts'
import type { TenantSpec } from '../../api/tenant.ts'
import type { Policy } from '../policy/effective-policy.ts'
import type { NamespaceManifest, Placement } from './manifest.ts'

export function namespace (
  { namespace: name, labels }: Placement, { podSecurity, namespaceMetadata }: Policy,
  { deletionPolicy }: TenantSpec
): NamespaceManifest {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: { ...namespaceMetadata.labels, ...podSecurityLabels(podSecurity), ...labels, ...retainedLabel(deletionPolicy) },
      ...(namespaceMetadata.annotations !== undefined && { annotations: { ...namespaceMetadata.annotations } })
    }
  }
}

/** Admission policies keep the garbage collector away from namespaces with this label. */
function retainedLabel (deletionPolicy: TenantSpec['deletionPolicy']): Record<string, string> {
  return deletionPolicy === 'Retain' ? { [labelKeys.deletionPolicy]: deletionPolicy } : {}
}

function podSecurityLabels ({ enforce, audit, warn, version }: PodSecurity): Record<string, string> {
  return Object.fromEntries(Object.entries({ enforce, audit, warn }).flatMap(([mode, level]) => [
    [`${podSecurityPrefix}${mode}`, level],
    [`${podSecurityPrefix}${mode}-version`, version]
  ]))
}
