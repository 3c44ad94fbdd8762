import { podSecurityPrefix } from '../api/group.ts'
import type { DesiredNamespace } from '../tenancy/desired/desired-state.ts'
import { fieldsAt } from '../kubernetes/json.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { compareQuantities, parseQuantity } from '../kubernetes/quantity.ts'
import { resourceName, usageIn, type Usage } from './usage.ts'

/** What will be tighter than what is there, one sentence each. Nothing that runs is stopped by it; what comes after may be refused. */
export function tightening (desired: DesiredNamespace, namespace: ObservedObject, contents: readonly ObservedObject[], pods: readonly ObservedObject[] | undefined): string[] {
  return [...podSecurityTightening(desired, namespace, pods), ...quotaTightening(desired, usageIn(contents, pods))]
}

const levels = ['privileged', 'baseline', 'restricted']
const enforce = `${podSecurityPrefix}enforce`

function podSecurityTightening (desired: DesiredNamespace, { metadata }: ObservedObject, pods: readonly ObservedObject[] | undefined): string[] {
  const [from, to] = [metadata.labels?.[enforce] ?? 'none', desired.namespace.metadata.labels?.[enforce] ?? 'none']
  if (strictness(to) <= strictness(from) || pods?.length === 0) return []
  return [`pod security goes from ${from} to ${to}: ${podsInWords(pods)}, but may not come back when they are replaced. ` +
    `To see which: kubectl label --dry-run=server --overwrite namespace ${metadata.name} ${enforce}=${to}`]
}

/** Nothing enforced is what `privileged` enforces. */
function strictness (level: string): number {
  return Math.max(0, levels.indexOf(level))
}

function podsInWords (pods: readonly ObservedObject[] | undefined): string {
  if (pods === undefined) return 'pods that are there (they could not be read) go on'
  return pods.length === 1 ? '1 pod that is there goes on' : `${pods.length} pods that are there go on`
}

function quotaTightening ({ contents }: DesiredNamespace, usage: Usage): string[] {
  return contents.filter(({ kind }) => kind === 'ResourceQuota').flatMap(quota =>
    Object.entries(fieldsAt(fieldsAt(quota, 'spec'), 'hard')).flatMap(([resource, hard]) => {
      const used = usage.get(resourceName(resource))
      if (used === undefined || !isMore(used, String(hard))) return []
      return [`ResourceQuota/${quota.metadata.name} allows ${resource} ${String(hard)}, and ${used} is in use: what is there stays, and nothing more is let in until it is less`]
    }))
}

function isMore (used: string, hard: string): boolean {
  const [a, b] = [parseQuantity(used), parseQuantity(hard)]
  return a !== undefined && b !== undefined && compareQuantities(a, b) > 0
}
