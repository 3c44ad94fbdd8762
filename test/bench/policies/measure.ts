import { setTimeout as sleep } from 'node:timers/promises'
import { allGuardrails } from '../../../src/guardrails/all-guardrails.ts'
import { defaultParties } from '../../../src/guardrails/guardrail.ts'
import { childKindsOf } from '../../../src/tenancy/desired/child-kinds.ts'
import { installPlatform } from '../../cluster/install.ts'
import { refOf, type KubeObject } from '../../cluster/kube-object.ts'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { policyNamesOf } from '../../support/policy-names.ts'
import { createDirectly } from '../scale/create-directly.ts'
import { settle } from '../scale/meter.ts'
import { engineClient, guardrailsInForce, onControlPlane, type Log } from '../scale/runs.ts'
import { limitOf, tenantsOf } from '../scale/tenants.ts'
import { treeOf, writesOf } from '../scale/tree.ts'
import { sumOf } from '../scale/usage.ts'
import { cpuSeconds } from '../processes.ts'
import { median } from '../report.ts'
import type { Cost } from './budgets.ts'
import { logsAllFailures, measureCosts } from './costs.ts'
import { profiled, sharesOf, type Shares } from './profile.ts'

export interface Figures {
  tenants: number
  rounds: number
  /** CPU seconds of kube-apiserver, the median of all rounds: Tenants with the guardrails, and without. */
  cpuSeconds: { with: number, without: number }
  /** Of the samples of CPU profiles with guardrails, the median of all rounds. */
  policiesShare: number
  /** Of the same samples. */
  partsOfShare: Shares['parts']
  /** Milliseconds of all policies for one write of the engine, as kube-apiserver measures admission. */
  millisecondsPerWrite: number
  /** Of each guardrail for one write, when its policies are the only ones in force: those for kinds that Tenants have. */
  policies: Record<string, number>
  /** Of the same guardrails. Only with the newest Kubernetes. */
  costs?: Record<string, Cost>
}

/**
 * Creates the objects of Tenants as the engine does, on one control plane: in turns with and without guardrails, then with each alone, then
 * with copies that measure what each costs.
 */
export function measurePolicies (tenants: number, rounds: number, log: Log, only: readonly string[] = []): Promise<Figures> {
  return onControlPlane(async controlPlane => {
    const { client } = controlPlane
    await installPlatform(client, { url: 'http://127.0.0.1:1' })
    const bindings = await bindingsOf(controlPlane)
    const create = (objects: KubeObject[]) => Promise.all(objects.map(object => client.create(object)))
    const remove = (objects: KubeObject[]) => Promise.all(objects.map(object => client.delete(refOf(object))))
    const all: Rounds = { with: [], without: [] }
    for (let round = 1; round <= rounds; round++) {
      log(`round ${round} with policies`)
      await guardrailsInForce(client)
      all.with.push(await createRound(controlPlane, tenants, `with${round}-`))
      log(`round ${round} without policies`)
      await remove(bindings)
      await sleep(untilInForce)
      all.without.push(await createRound(controlPlane, tenants, `without${round}-`))
      if (round < rounds) await create(bindings)
    }
    const policies: Record<string, number> = {}
    const alone = only.length > 0 ? only : guardrailsOfChildren()
    for (const [index, name] of alone.entries()) {
      log(`only ${name}`)
      const names = policyNamesOf(name)
      const own = bindings.filter(({ spec }) => names.includes((spec as { policyName: string }).policyName))
      await create(own)
      await sleep(untilInForce)
      policies[name] = (await createRound(controlPlane, tenants, `only${index}-`)).milliseconds
      await remove(own)
    }
    const costs = logsAllFailures ? await measureCosts(controlPlane, alone, log) : undefined
    return {
      tenants,
      rounds,
      ...cpuFiguresOf(all),
      millisecondsPerWrite: median(all.with.map(({ milliseconds }) => milliseconds)),
      policies,
      ...(costs !== undefined && { costs })
    }
  })
}

interface Rounds { with: RoundFigures[], without: RoundFigures[] }

function cpuFiguresOf (rounds: Rounds): Pick<Figures, 'cpuSeconds' | 'policiesShare' | 'partsOfShare'> {
  const secondsOf = (all: RoundFigures[]) => median(all.map(({ seconds }) => seconds))
  const shares = rounds.with.map(({ profiles }) => sharesOf(profiles))
  const share = (of: (each: Shares) => number) => median(shares.map(of))
  const policiesShare = share(({ policies }) => policies)
  if (policiesShare === 0) throw new Error('no CPU profile shows the admission by policies: see which functions this kube-apiserver has')
  return {
    cpuSeconds: { with: secondsOf(rounds.with), without: secondsOf(rounds.without) },
    policiesShare,
    partsOfShare: {
      matching: share(({ parts }) => parts.matching),
      conversion: share(({ parts }) => parts.conversion),
      evaluation: share(({ parts }) => parts.evaluation)
    }
  }
}

/** Milliseconds until policies are in force, or no longer. */
const untilInForce = 3_000

/** Guardrails for a kind that Tenants have. Others match no write of the engine. */
function guardrailsOfChildren (): string[] {
  const resources = new Set<string>(['*/*', 'tenants', ...childKindsOf.Tenant.map(({ resource }) => resource)])
  return allGuardrails(defaultParties).filter(guardrail => guardrail.resources.some(rule => rule.resources.some(resource => resources.has(resource)))).map(({ name }) => name)
}

async function bindingsOf ({ client }: ControlPlane): Promise<KubeObject[]> {
  const { items } = await client.list({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding' })
  return items.map(({ apiVersion, kind, metadata: { name, labels }, spec }) => ({ apiVersion, kind, metadata: { name, ...(labels !== undefined && { labels }) }, spec }))
}

interface RoundFigures {
  /** CPU of kube-apiserver. */
  seconds: number
  /** Of kube-apiserver. Also taken where they are not read: each costs CPU. */
  profiles: Uint8Array[]
  /** Of the admission by policies, for one write. */
  milliseconds: number
}

async function createRound (controlPlane: ControlPlane, tenants: number, prefix: string): Promise<RoundFigures> {
  const { client, connection, apiserver } = controlPlane
  const creator = await engineClient(controlPlane)
  const trees = tenantsOf({ tenants, namespaces: 1 }, prefix).map(treeOf)
  const writes = trees.reduce((sum, tree) => sum + writesOf(tree), 0)
  const admission = async (): Promise<number> => sumOf(
    String(await client.request('GET', '/metrics')), 'apiserver_admission_controller_admission_duration_seconds_sum', { name: 'ValidatingAdmissionPolicy' })
  const admissionBefore = await admission()
  const [seconds, profiles] = await profiled(connection, async () => {
    const cpuBefore = cpuSeconds(apiserver)
    await createDirectly(trees, { admin: client, creator, writesStatus: true, limit: limitOf(20) })
    await settle({ controlPlane })
    return cpuSeconds(apiserver) - cpuBefore
  })
  const milliseconds = 1000 * (await admission() - admissionBefore) / writes
  await creator.close()
  return { seconds, profiles, milliseconds }
}
