import { group, labels, podSecurityPrefix } from '../api/group.ts'
import type { DesiredNamespace } from '../tenancy/desired/desired-state.ts'
import { beforeAndAfter } from './keyed-pairs.ts'
import type { MetadataChange } from './report.ts'

/** Those that other changes tell. */
const isOwn = (key: string): boolean => key === labels.managedBy || key.startsWith(podSecurityPrefix) || key.startsWith(`${group}/`)

/** Lists the labels and annotations of the namespace that differ, except those of k8s-mtp itself. */
export function metadataChanges (before: DesiredNamespace | undefined, after: DesiredNamespace | undefined): MetadataChange[] {
  return ([['label', 'labels'], ['annotation', 'annotations']] as const).flatMap(([kind, field]) => {
    const [had = {}, has = {}] = [before, after].map(side => side?.namespace.metadata[field] ?? {})
    return [...new Set([...Object.keys(had), ...Object.keys(has)])].filter(key => !isOwn(key) && had[key] !== has[key]).sort().map(key => ({
      kind, key, ...beforeAndAfter(had[key], has[key])
    }))
  })
}
