import { allowedAuthorsAnnotation, allowedFinalizersAnnotation, labels as labelKeys, selfServiceAnnotation } from '../../api/group.ts'
import { enabledIn, type SelfService } from '../../api/self-service.ts'
import type { Author } from '../../api/subject.ts'
import type { NamespaceMetadata } from '../../api/tenant-class.ts'
import type { TenantSpec } from '../../api/tenant.ts'
import type { Policy } from '../policy/effective-policy.ts'
import type { NamespaceManifest, Placement } from './manifest.ts'
import { podSecurityLabels } from './pod-security.ts'

export function namespace (
  { namespace: name, labels }: Placement, { podSecurity, workloads, namespaceMetadata, allowedAuthors, selfService }: Policy,
  { deletionPolicy }: TenantSpec
): NamespaceManifest {
  const annotations = {
    ...namespaceMetadata.annotations,
    ...authorsAnnotation(allowedAuthors),
    ...finalizersAnnotation(namespaceMetadata),
    ...selfServiceIn(selfService)
  }
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: {
        ...namespaceMetadata.labels, ...podSecurityLabels(podSecurity, workloads.pods.defaults), ...labels, ...retainedLabel(deletionPolicy)
      },
      ...(Object.keys(annotations).length > 0 && { annotations })
    }
  }
}

/** Admission policies keep the garbage collector away from namespaces with this label. */
function retainedLabel (deletionPolicy: TenantSpec['deletionPolicy']): Record<string, string> {
  return deletionPolicy === 'Retain' ? { [labelKeys.deletionPolicy]: deletionPolicy } : {}
}

/** Lists `User ada` or `Group leads`, one a line: names have no line breaks. A ServiceAccount acts as a user. */
function authorsAnnotation (authors: Author[]): Record<string, string> {
  if (authors.length === 0) return {}
  const lines = authors.map(({ kind, name, namespace = '' }) =>
    kind === 'ServiceAccount' ? `User system:serviceaccount:${namespace}:${name}` : `${kind} ${name}`)
  return { [allowedAuthorsAnnotation]: lines.join('\n') }
}

function finalizersAnnotation ({ finalizers = [] }: NamespaceMetadata): Record<string, string> {
  return finalizers.length === 0 ? {} : { [allowedFinalizersAnnotation]: finalizers.join(',') }
}

function selfServiceIn (selfService: SelfService): Record<string, string> {
  const enabled = enabledIn(selfService)
  return enabled.length === 0 ? {} : { [selfServiceAnnotation]: enabled.join(',') }
}
