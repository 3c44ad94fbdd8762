import { placedMetadata, type Placement, type ResourceQuotaManifest } from './manifest.ts'

export function resourceQuota (name: string, hard: Record<string, string>, placement: Placement): ResourceQuotaManifest {
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: placedMetadata(name, placement), spec: { hard } }
}
