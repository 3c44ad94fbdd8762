import { mostNames, type ClassInForce } from '../../api/tenant-status.ts'
import { displayName, isNamespace } from '../../kubernetes/object.ts'
import type { PreviousNamespace, PreviousStatus } from '../observed/previous-status.ts'
import type { Comparison } from './comparison.ts'

/** Everything that declared objects come from, and nothing else may change them. */
export interface Inputs {
  /** metadata.generation of the Tenant. */
  generation: number
  class: ClassInForce
  /** Of k8s-mtp. */
  version: string
  /** When the next right ends: another one than before, and rights have ended meanwhile. */
  nextExpiry: string | undefined
}

/** Labels and annotations that differ for longer are no roll-out any more, in milliseconds: the engine does not see them (below). */
const patience = 10_000

/**
 * The names of the objects that are missing or differ because something about the inputs has changed, and has not reached them yet.
 * All others that are missing or differ have been changed by somebody. What the status before does not tell is taken for a roll-out,
 * and what it tells is kept until it is over: caches of the engine may lag behind its own writes.
 */
export function rollingOut (comparisons: readonly Comparison[], inputs: Inputs, previous: PreviousStatus, now: Date): Set<string> {
  const namespace = comparisons.find(({ manifest }) => isNamespace(manifest))
  const before = isAboutTheSame(inputs, previous) ? previous.namespaces.get(namespace?.manifest.metadata.name ?? '') : undefined
  const late = now.getTime() - changedAt(previous) >= patience
  // What is in a namespace that is made anew follows it.
  const contentsFollow = namespace?.differs === 'missing' || before?.phase !== 'Active'
  return new Set(comparisons.filter(({ differs }) => differs === 'missing' || differs.length > 0)
    .filter(comparison => before === undefined || (contentsFollow && !isNamespace(comparison.manifest)) || isStillRollingOut(comparison, before, late))
    .map(({ manifest }) => displayName(manifest)))
}

function isAboutTheSame (inputs: Inputs, { generation, class: inForce, version, nextExpiry }: PreviousStatus): boolean {
  return inputs.generation === generation && inputs.version === version && inputs.nextExpiry === nextExpiry &&
    inputs.class.name === inForce?.name && inputs.class.uid === inForce.uid && inputs.class.generation === inForce.generation
}

function isStillRollingOut ({ manifest, differs }: Comparison, before: PreviousNamespace, late: boolean): boolean {
  // Under server-side apply Metacontroller does not see labels that drifted while something else was rolled out, unless told.
  if (late && differs !== 'missing' && differs.every(path => path.startsWith('metadata.'))) return false
  return before.rollingOut.includes(displayName(manifest)) || before.rollingOut.length >= mostNames
}

/** When the status said something new last, in milliseconds since 1970. */
export function changedAt ({ conditions }: PreviousStatus): number {
  return Date.parse(conditions.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? '')
}
