import { allowedAuthorsAnnotation, podSecurityPrefix } from '../api/group.ts'
import { exceeds } from '../kubernetes/amounts.ts'
import { displayName, type ObservedObject } from '../kubernetes/object.ts'
import { countedResource } from '../kubernetes/quota-resources.ts'
import type { DesiredNamespace } from '../tenancy/desired/desired-state.ts'
import { usageIn, type Usage } from './used-resources.ts'

type Pods = readonly ObservedObject[] | undefined

/** Lists what an adoption restricts, a sentence each. Running pods continue; new ones may be refused. */
export function restrictionsOf (
  desired: DesiredNamespace, namespace: ObservedObject, contents: readonly ObservedObject[], pods: Pods
): string[] {
  return [...podSecurityRestrictions(desired, namespace, pods), ...quotaRestrictions(desired, usageIn(contents, pods))]
}

/** Says which unmanaged objects only allowed authors of the class may change. Deletion stays allowed. */
export function authorRestrictions ({ namespace }: DesiredNamespace, unmanaged: readonly ObservedObject[]): string[] {
  const affected = unmanaged.filter(({ kind }) => ['NetworkPolicy', 'Role', 'RoleBinding', 'LimitRange'].includes(kind)).map(displayName)
  if (affected.length === 0) return []
  const authors = namespace.metadata.annotations?.[allowedAuthorsAnnotation]?.split('\n').join(', ') ?? 'none'
  return [`only allowed authors of the TenantClass (${authors}) can change ${affected.join(', ')}, or create more of these kinds: ` +
    'add the controllers that do to its spec.allowedAuthors']
}

const levels = ['privileged', 'baseline', 'restricted']
const enforce = `${podSecurityPrefix}enforce`

function podSecurityRestrictions (desired: DesiredNamespace, { metadata }: ObservedObject, pods: Pods): string[] {
  const [from, to] = [metadata.labels?.[enforce] ?? 'none', desired.namespace.metadata.labels[enforce] ?? 'none']
  if (strictness(to) <= strictness(from) || pods?.length === 0) return []
  return [`pod security changes from ${from} to ${to}: ${runningPods(pods)}, but their replacements may be refused. ` +
    `To see which: kubectl label --dry-run=server --overwrite namespace ${metadata.name} ${enforce}=${to}`]
}

/** Without a label the API server enforces `privileged`. */
function strictness (level: string): number {
  return Math.max(0, levels.indexOf(level))
}

function runningPods (pods: Pods): string {
  if (pods === undefined) return 'running pods (they could not be listed) continue'
  return pods.length === 1 ? '1 running pod continues' : `${pods.length} running pods continue`
}

function quotaRestrictions ({ contents }: DesiredNamespace, usage: Usage): string[] {
  return contents.filter(manifest => manifest.kind === 'ResourceQuota').flatMap(({ metadata, spec }) =>
    Object.entries(spec.hard ?? {}).flatMap(([resource, hard]) => quotaBelowUse(metadata.name, resource, hard, usage) ?? []))
}

/** Says that a quota allows less than is in use. */
export function quotaBelowUse (quota: string, resource: string, hard: string, usage: Usage): string | undefined {
  const used = usage.get(countedResource(resource))
  if (used === undefined || !exceeds(used, hard)) return undefined
  return `ResourceQuota/${quota} allows ${resource} ${hard}, and ${used} is in use: existing objects stay, and new ones ` +
    'are refused until less is used'
}
