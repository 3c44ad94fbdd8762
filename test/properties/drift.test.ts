import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fieldsAt } from '../../src/kubernetes/json.ts'
import { displayName, type KubernetesObject, type ManagedFieldsEntry, type ObservedObject } from '../../src/kubernetes/object.ts'
import { correct } from '../../src/tenancy/correction/correct.ts'
import { recordCorrections, withRecord } from '../../src/tenancy/correction/record.ts'
import type { ResourceQuotaManifest } from '../../src/tenancy/desired/manifest.ts'
import { compare } from '../../src/tenancy/drift/comparison.ts'
import { detectDrift } from '../../src/tenancy/drift/detected-drift.ts'
import { dynamicApply } from '../stand-in/dynamic-apply.ts'
import { withLastApplied } from '../stand-in/last-applied.ts'
import { casesOfRun } from '../support/cases-of-run.ts'
import { secondsLater, syncContext } from '../support/contexts.ts'

const cases = casesOfRun(3_000)
const seed = Number(process.env.K8S_MTP_SEED ?? Date.now() % 2 ** 31)
console.log(`drift: ${cases} cases by each strategy, K8S_MTP_SEED=${seed}`)
/** Syncs after which nothing differs. */
const maxSyncs = 4

type Hard = Record<string, string>
const keys = ['pods', 'services', 'secrets', 'configmaps'] as const
const amounts = fc.constantFrom('0', '1', '2', '3')
const quotas = fc.dictionary(fc.constantFrom(...keys), amounts, { minKeys: 1 })
/** By key: another amount, or removed. */
const damages = fc.dictionary(fc.constantFrom(...keys), fc.oneof(amounts, fc.constant(undefined)))

const manifestOf = (hard: Hard): ResourceQuotaManifest => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'tenant-quota', namespace: 'tenant-acme-shop', labels: { 'k8s-mtp.dev/tenant': 'acme' } },
  spec: { hard }
})
const hardOf = (object: KubernetesObject) => ({ ...fieldsAt(fieldsAt(object, 'spec'), 'hard') }) as Hard
const withHard = (object: ObservedObject, hard: Hard) => ({ ...object, spec: { hard } })

interface Strategy {
  create (manifest: KubernetesObject): ObservedObject
  apply (observed: ObservedObject, child: KubernetesObject): ObservedObject
  edit (observed: ObservedObject, key: string, amount: string | undefined): ObservedObject
}

function changed (hard: Hard, key: string, amount: string | undefined): Hard {
  const { [key]: _, ...others } = hard
  return amount === undefined ? others : { ...others, [key]: amount }
}

const resource = { apiVersion: 'v1', kind: 'ResourceQuota', name: 'resourcequotas', namespaced: true } as never
const dynamic: Strategy = {
  create: manifest => withLastApplied(manifest as never, manifest as never) as ObservedObject,
  apply (observed, child) {
    const [write] = dynamicApply({ resource, parent: observed as never, observed: observed as never, desired: child as never, method: 'InPlace' })
    return write === undefined ? observed : (write as unknown as { body: ObservedObject }).body
  },
  edit: (observed, key, amount) => withHard(observed, changed(hardOf(observed), key, amount))
}

const entry = (manager: string, operation: string, owned: string[]): ManagedFieldsEntry =>
  ({ manager, operation, fieldsV1: { 'f:spec': { 'f:hard': Object.fromEntries(owned.map(key => [`f:${key}`, {}])) } } })
const ownedBy = ({ metadata }: ObservedObject, name: string) =>
  Object.keys(fieldsAt(fieldsAt(metadata.managedFields?.find(({ manager }) => manager === name)?.fieldsV1 ?? {}, 'f:spec'), 'f:hard'))
    .map(step => step.slice('f:'.length))
const withOwners = (object: ObservedObject, engine: string[], others: string[]): ObservedObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    managedFields: [entry('metacontroller', 'Apply', engine), ...(others.length > 0 ? [entry('kubectl-edit', 'Update', others)] : [])]
  }
})

/** A forced apply takes each field that it changes, and removes those that the engine alone owned and no longer declares. */
const serverSide: Strategy = {
  create: manifest => withOwners(manifest, Object.keys(hardOf(manifest)), []),
  apply (observed, child) {
    const [before, after] = [hardOf(observed), hardOf(child)]
    const others = ownedBy(observed, 'kubectl-edit').filter(key => !(key in after) || after[key] === before[key])
    const removed = ownedBy(observed, 'metacontroller').filter(key => !(key in after) && !others.includes(key))
    const hard = { ...Object.fromEntries(Object.entries(before).filter(([key]) => !removed.includes(key))), ...after }
    const annotations = { ...observed.metadata.annotations, ...child.metadata.annotations }
    return withOwners({ ...withHard(observed, hard), metadata: { ...observed.metadata, annotations } }, Object.keys(after), others)
  },
  edit (observed, key, amount) {
    if (hardOf(observed)[key] === amount) return observed
    const without = (manager: string) => ownedBy(observed, manager).filter(owned => owned !== key)
    const others = [...without('kubectl-edit'), ...(amount === undefined ? [] : [key])]
    return withOwners(withHard(observed, changed(hardOf(observed), key, amount)), without('metacontroller'), others)
  }
}

/** Reconciles an object that rolls out, and returns the reports of drift with the last state of the object. */
function reconciled (desired: Hard, start: ObservedObject, strategy: Strategy, isRefused: boolean) {
  const manifest = manifestOf(desired)
  const name = displayName(manifest)
  const reports: string[] = []
  let observed = start
  let drifted: string[] = []
  for (let sync = 0; sync < maxSyncs; sync++) {
    const comparison = compare(manifest, observed)
    const drift = detectDrift([comparison], new Set(comparison.action === 'keep' ? [] : [name]))
    const status = { namespaces: [{ name: 'tenant-acme-shop', phase: 'Active', drifted, rollingOut: [name] }] }
    const records = recordCorrections([comparison], drift, syncContext({ status }, { now: secondsLater(sync) }))
    reports.push(...records.corrected.map(({ what }) => what))
    drifted = [...drift.keys()]
    const [child] = correct(comparison)
    if (!isRefused && child !== undefined) observed = strategy.apply(observed, withRecord(child, records))
  }
  return { reports, observed }
}

describe.each([['dynamic-apply', dynamic], ['server-side-apply', serverSide]] as const)('changes by others during a rollout, by %s', (_, strategy) => {
  it('are reported exactly once, whether the rollout can be applied or not, and nothing else is', () => {
    fc.assert(fc.property(quotas, quotas, damages, fc.boolean(), (applied, desired, damage, isRefused) => {
      const damaged = Object.entries(damage).reduce((object, [key, amount]) => strategy.edit(object, key, amount), strategy.create(manifestOf(applied)))
      const now = hardOf(damaged)
      // Server-side apply does not know what a removed field had.
      const isKnown = (key: string) => strategy === dynamic || key in now
      const expected = keys.filter(key => now[key] !== applied[key] && now[key] !== desired[key] && isKnown(key))
      const { reports, observed } = reconciled(desired, damaged, strategy, isRefused)
      expect(reports).toEqual(expected.length === 0 ? [] : [expected.map(key => `spec.hard.${key}`).sort().join(', ')])
      if (!isRefused) expect(hardOf(observed)).toEqual(desired)
    }), { numRuns: cases, seed })
  })
})
