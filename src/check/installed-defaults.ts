import { docsAddress } from '../api/group.ts'
import { allDefaults } from '../defaults/all-defaults.ts'
import { mutatingManifests } from '../defaults/mutating-policy.ts'
import { defaultParties, type Parties } from '../guardrails/guardrail.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { failed, few, ok, warning, type Result } from './finding.ts'
import { deviationsOf, type Deviations } from './installed-policies.ts'
import { upgradeRemedy } from './installed-version.ts'
import { partyOptions } from './party-options.ts'

const classesPage = `${docsAddress}/classes.md#defaults-of-pods`

/** The policies that fill in defaults of pods, with their bindings. They are an option of the chart. */
export function installedDefaults (policies: readonly ObservedObject[], bindings: readonly ObservedObject[], parties: Parties): Result {
  const expected = allDefaults(parties)
  const names = expected.map(({ name }) => name)
  const manifests = expected.flatMap(mutatingManifests)
  const compared = [['MutatingAdmissionPolicy', policies] as const, ['MutatingAdmissionPolicyBinding', bindings] as const]
    .map(([kind, installed]) => deviationsOf(manifests.filter(manifest => manifest.kind === kind), installed, 'defaults'))
  const all = (deviation: keyof Deviations) => [...new Set(compared.flatMap(deviations => deviations[deviation]))]
  const [missing, changed, leftOver] = [all('missing'), all('changed'), all('leftOver')]
  const options = partyOptions({ ...defaultParties, breakGlass: parties.breakGlass })
  const own = [...policies, ...bindings].filter(({ metadata }) => names.includes(metadata.name))
  const remedy = upgradeRemedy(own, `k8s-mtp defaults${options} | kubectl apply --server-side --force-conflicts -f -`)
  if (changed.length > 0) return failed(`policies of defaults changed: ${few(changed)}`, remedy)
  if (compared.every(deviations => deviations.missing.length === expected.length)) {
    return warning('not installed: pods must set what Pod Security requires',
      `Set podDefaults.enabled=true of the chart; without the chart: kubectl apply --server-side -k defaults/. See ${classesPage}`)
  }
  if (missing.length > 0) return warning(`policies of defaults missing: ${few(missing)}`, remedy)
  if (leftOver.length > 0) {
    return warning(`policies of another version are in force: ${few(leftOver)}`,
      `Delete them, after the upgrade: kubectl delete mutatingadmissionpolicies,mutatingadmissionpolicybindings ${leftOver.join(' ')}`)
  }
  return ok(`${expected.length} policies of this version, with their bindings`)
}
