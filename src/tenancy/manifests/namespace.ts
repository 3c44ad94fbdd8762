import type { Namespace } from 'kubernetes-types/core/v1.js'
import { podSecurityPrefix } from '../../api/group.ts'
import type { PodSecurity } from '../../api/tenant-class.ts'
import type { Policy } from '../policy.ts'
import type { Manifest, Placement } from './manifest.ts'

export function namespace ({ namespace: name, labels }: Placement, { podSecurity, namespaceMetadata }: Policy): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: { ...namespaceMetadata.labels, ...podSecurityLabels(podSecurity), ...labels },
      ...(namespaceMetadata.annotations !== undefined && { annotations: { ...namespaceMetadata.annotations } })
    }
  } satisfies Namespace
}

function podSecurityLabels ({ enforce, audit, warn, version }: PodSecurity): Record<string, string> {
  return Object.fromEntries(Object.entries({ enforce, audit, warn }).flatMap(([mode, level]) => [
    [`${podSecurityPrefix}${mode}`, level],
    [`${podSecurityPrefix}${mode}-version`, version]
  ]))
}
