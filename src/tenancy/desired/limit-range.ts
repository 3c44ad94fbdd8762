import type { CanonicalLimitRangeItem } from '../../kubernetes/limit-range-items.ts'
import { placedMetadata, type LimitRangeManifest, type Placement } from './manifest.ts'

export const limitRangeName = 'tenant-limits'

export function limitRange (limits: CanonicalLimitRangeItem[], placement: Placement): LimitRangeManifest {
  return { apiVersion: 'v1', kind: 'LimitRange', metadata: placedMetadata(limitRangeName, placement), spec: { limits } }
}
