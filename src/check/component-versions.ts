import type { Parties } from '../guardrails/guardrail.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { packageVersion } from '../version.ts'
import { hookVersions } from './hook-endpoints.ts'
import { installedDefinitions } from './installed-definitions.ts'
import { guardrailPolicies } from './installed-guardrails.ts'
import { versionOf } from './installed-version.ts'
import { imageOf } from './metacontroller-workload.ts'
import { tagOf, type Workload } from './workload.ts'

/** The parts of an installation, as far as the caller may read them. */
export interface Components {
  kubernetes: string
  definitions: readonly ObservedObject[]
  policies: readonly ObservedObject[]
  parties: Parties
  hookPods: readonly ObservedObject[]
  metacontroller: Workload | undefined
}

/** Versions by component: `unknown` where an object does not say, `none` where it does not exist; several during an upgrade. */
export interface ComponentVersions { kubernetes: string, crds: string, guardrails: string, hook: string, metacontroller: string }

export function componentVersions (
  { kubernetes, definitions, policies, parties, hookPods, metacontroller }: Components
): ComponentVersions {
  const crds = definitions.filter(({ metadata }) => metadata.name.endsWith('.k8s-mtp.dev'))
  const guardrails = policies.filter(({ metadata }) => metadata.name.startsWith('k8s-mtp-'))
  return {
    kubernetes: kubernetes.replace(/^v/, ''),
    crds: labelled(crds, installedDefinitions(crds).state === 'ok'),
    guardrails: labelled(guardrails, guardrailPolicies(guardrails, parties).state === 'ok'),
    hook: named(hookVersions(hookPods)),
    metacontroller: metacontroller === undefined ? 'none' : tagOf(imageOf(metacontroller))?.replace(/^v(?=\d)/, '') ?? 'unknown'
  }
}

/** The chart labels objects; the manifests do not, so those of this version are known by their content. */
function labelled (objects: readonly ObservedObject[], isOfThisVersion: boolean): string {
  if (isOfThisVersion) return packageVersion
  return named([...new Set(objects.map(object => versionOf(object) ?? 'unknown'))].sort())
}

function named (versions: readonly string[]): string {
  return versions.length === 0 ? 'none' : versions.join(', ')
}
