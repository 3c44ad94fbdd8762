import { docsAddress } from '../api/group.ts'
import { guardrailManifests } from '../guardrails/admission-policy.ts'
import { allGuardrails } from '../guardrails/all-guardrails.ts'
import { defaultParties, type Parties } from '../guardrails/guardrail.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { failed, few, ok, warning, type Result } from './finding.ts'
import { deviationsOf } from './installed-policies.ts'
import { upgradeRemedy } from './installed-version.ts'
import { partyOptions } from './party-options.ts'

const component = 'guardrail'

/** The policies of this version, for the parties that the installed ones name. */
export function guardrailPolicies (policies: readonly ObservedObject[], parties: Parties): Result {
  return compare('policies', 'ValidatingAdmissionPolicy', policies, parties)
}

/** Without a binding, a policy has no effect. */
export function guardrailBindings (bindings: readonly ObservedObject[], parties: Parties): Result {
  return compare('bindings', 'ValidatingAdmissionPolicyBinding', bindings, parties)
}

/** An earlier version may refuse what this one allows. */
export function earlierGuardrails (policies: readonly ObservedObject[], bindings: readonly ObservedObject[]): Result {
  const expected = manifestsOf(defaultParties)
  const [ofPolicies, ofBindings] = [policies, bindings].map(objects => deviationsOf(expected, objects, component).leftOver)
  if (ofPolicies === undefined || ofBindings === undefined) return ok('none of another version')
  if (ofPolicies.length + ofBindings.length === 0) return ok('none of another version')
  const commands = [
    ...(ofBindings.length === 0 ? [] : [`kubectl delete validatingadmissionpolicybindings ${ofBindings.join(' ')}`]),
    ...(ofPolicies.length === 0 ? [] : [`kubectl delete validatingadmissionpolicies ${ofPolicies.join(' ')}`])
  ]
  return warning(`guardrails of another version are in force: ${few([...new Set([...ofPolicies, ...ofBindings])])}`,
    `Delete them, after the upgrade: ${commands.join(' && ')}`)
}

function manifestsOf (parties: Parties) {
  return allGuardrails(parties).flatMap(guardrail => guardrailManifests(guardrail))
}

function compare (what: string, kind: string, installed: readonly ObservedObject[], parties: Parties): Result {
  const expected = manifestsOf(parties).filter(manifest => manifest.kind === kind)
  const { missing, changed, changedNames } = deviationsOf(expected, installed, component)
  if (missing.length + changed.length === 0) return ok(`${expected.length} ${what} of this version`)
  const parts = [
    ...(missing.length === 0 ? [] : [`${missing.length} of ${expected.length} ${what} missing: ${few(missing)}`]),
    ...(changed.length === 0 ? [] : [`${changed.length} of ${expected.length} ${what} changed: ${few(changed)}`])
  ]
  const command = `k8s-mtp guardrails${partyOptions(parties)} | kubectl apply --server-side --force-conflicts -f -`
  const ofChanged = installed.filter(({ metadata }) => changedNames.includes(metadata.name))
  return failed(parts.join('; '), `${upgradeRemedy(ofChanged, command)} See ${docsAddress}/operations.md#the-guardrails-were-deleted`)
}
