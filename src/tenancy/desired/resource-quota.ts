import type { ResourceQuota } from 'kubernetes-types/core/v1.js'
import { placedMetadata, type Manifest, type Placement } from './manifest.ts'

export function resourceQuota (name: string, hard: Record<string, string>, placement: Placement): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: placedMetadata(name, placement),
    spec: { hard }
  } satisfies ResourceQuota
}
