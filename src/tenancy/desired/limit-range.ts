import type { LimitRange } from 'kubernetes-types/core/v1.js'
import type { CanonicalLimitRangeItem } from '../../kubernetes/limit-range-items.ts'
import { placedMetadata, type Manifest, type Placement } from './manifest.ts'

export function limitRange (limits: CanonicalLimitRangeItem[], placement: Placement): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: placedMetadata('tenant-limits', placement),
    spec: { limits }
  } satisfies LimitRange
}
