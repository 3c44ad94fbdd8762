import type { Decision } from '../decide.ts'
import type { DesiredNamespace } from '../desired/desired-state.ts'
import type { Manifest } from '../desired/manifest.ts'
import { identity, isNamespace, type Observed, type ObservedObject } from '../../kubernetes/object.ts'
import { isMadeBy } from '../observed/ownership.ts'
import { asApplied } from '../../metacontroller/applied-configuration.ts'
import { withCordon } from './cordon.ts'
import { healing } from '../correction/correct.ts'
import { withoutLostRights, type Asked } from './revoke-subjects.ts'

/**
 * The children to return. Metacontroller deletes at once what is observed and not returned, so an observed child is left
 * out only where we have made it, know everything that should be, and it is not part of that, or has to be made anew.
 */
export function safeAnswer (asked: Asked, decision: Decision, observed: Observed): Manifest[] {
  const children = [...observed.children.values()]
  if (decision.kind === 'hold') return children.map(child => heldBack(asked, child))

  const declared = declarable(decision.desired, observed)
  const identities = new Set(declared.map(identity))
  const others = children.filter(child => !identities.has(identity(child)))
  const corrected = declared.flatMap(manifest => healing(manifest, observed.children.get(identity(manifest)), reservedFor(manifest, decision.desired)))
  return [...corrected, ...others.flatMap(child => undeclared(asked, child, observed))]
}

function reservedFor (manifest: Manifest, { reservedPrefixes }: DesiredNamespace): readonly string[] {
  return isNamespace(manifest) ? reservedPrefixes : []
}

/**
 * Kinds are applied in alphabetic order and all in one pass, so contents returned together with a namespace that is not
 * there yet would fail: they follow once it is observed, which happens at once.
 */
function declarable ({ namespace, contents }: DesiredNamespace, { children }: Observed): Manifest[] {
  return children.has(identity(namespace)) ? [namespace, ...contents] : [namespace]
}

function undeclared (asked: Asked, child: ObservedObject, { children }: Observed): Manifest[] {
  const { owner } = asked
  const namespaceIsThere = children.has(identity({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: owner.namespace ?? '' } }))
  return isMadeBy(owner, child) && namespaceIsThere ? [] : [heldBack(asked, child)]
}

/** Of what the engine has never applied that is the name alone; what it once applied, for another Tenant too, must not lose its content. */
function heldBack (asked: Asked, child: ObservedObject): Manifest {
  return withCordon(asked.tenant, asked.owner, withoutLostRights(asked, asApplied(child)))
}
