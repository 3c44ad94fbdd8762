import { guardrailManifests, policiesOf } from '../../../src/guardrails/admission-policy.ts'
import { allGuardrails } from '../../../src/guardrails/all-guardrails.ts'
import { defaultParties, type Guardrail } from '../../../src/guardrails/guardrail.ts'
import { readAuditWrites } from '../../cluster/audit.ts'
import type { KubeClient } from '../../cluster/client.ts'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { ENGINE_USER } from '../../cluster/credentials.ts'
import { refOf, type KubeObject } from '../../cluster/kube-object.ts'
import { kubernetesRelease } from '../../cluster/releases.ts'
import { pollFor } from '../../support/poll-for.ts'
import { copiedPolicyOf, failuresOf } from '../../support/policy-copies.ts'
import { createDirectly } from '../scale/create-directly.ts'
import { engineClient, type Log } from '../scale/runs.ts'
import { limitOf, tenantsOf } from '../scale/tenants.ts'
import { treeOf, writesOf } from '../scale/tree.ts'
import { budgets, copiesWithBudget, costOf, exceededBudgets, exceeding, merged, type Cost, type MeasuredWrite } from './budgets.ts'

/** Where the messages of a policy exceed a budget, each of its rules fails, and the API server logs a limited number of failures. */
const budgetsAtATime = 4

/** Earlier versions log only one failure of a request. */
export const logsAllFailures = kubernetesRelease(process.env).version === kubernetesRelease({}).version

/** Returns what guardrails cost in the writes for a Tenant. No other policies may be in force. */
export async function measureCosts (controlPlane: ControlPlane, names: readonly string[], log: Log): Promise<Record<string, Cost>> {
  const measured = allGuardrails(defaultParties).filter(({ name }) => names.includes(name))
  const creator = await engineClient(controlPlane)
  let writes: MeasuredWrite[] = []
  let copies = (budget: number) => copiesWithBudget([...measured, ...known], budget)
  // First those that match a write at all.
  for (const tried of [[0], ...chunks(budgets.slice(1), budgetsAtATime)]) {
    log(`writes that cost guardrails more than ${tried.join(', ')}`)
    const tenant = `cost-${tried[0]}`
    const further = await withPolicies(controlPlane.client, tried.flatMap(copies), tenant, () => writesOfTenant(controlPlane, creator, `${tenant}-`))
    writes = merged(writes, further)
    const remaining = exceeding(writes, Math.max(...tried))
    if (remaining.length === 0) break
    copies = budget => copiesWithBudget([...measured, ...known], budget).filter(copy => remaining.includes(copiedPolicyOf(copy)))
  }
  await creator.close()
  for (const { name, largest } of known) {
    const found = costOf([name], writes).largest
    if (found !== largest) throw new Error(`the cost of ${name} is at most ${largest}, and was measured as at most ${found}`)
  }
  return Object.fromEntries(measured.map(guardrail => [guardrail.name, costOf(policiesOf(guardrail).map(({ name }) => name), writes)]))
}

function chunks<T> (items: readonly T[], size: number): T[][] {
  return items.flatMap((_, index) => index % size === 0 ? [items.slice(index, index + size)] : [])
}

/** A call whose cost is none of those that fill budgets. Source: cel-go/interpreter/runtimecost.go */
const traversal = (cost: number) => `''.startsWith('${'a'.repeat(10 * cost)}')`

/** Show that the measurement is exact: those whose costs are budgets do not exceed these, and the others, which cost 1 more, do. */
const known = [0, 1].map((more): Guardrail & Pick<Cost, 'largest'> => ({
  name: `known-${more}`,
  purpose: 'Its costs are known.',
  resources: [{ group: '', resources: ['namespaces'], operations: ['CREATE'] }],
  conditions: { condition: { expression: `${traversal(500 + more)} || true` } },
  rules: { rule: { refuses: 'nothing', expression: `${traversal(700 + more)} || true`, message: `{${traversal(300)} ? 'a' : 'b'}` } },
  largest: more === 0 ? 500 + 1_000 : 700 + 1_500
}))

/** Creates policies and bindings, and deletes them after some work. */
async function withPolicies<T> (client: KubeClient, policies: KubeObject[], name: string, work: () => Promise<T>): Promise<T> {
  const limit = limitOf(20)
  const last = guardrailManifests(lastInForce(name)) as unknown as KubeObject[]
  for (const objects of [policies, last]) await Promise.all(objects.map(object => limit(() => client.create(object))))
  const refused: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } }
  await pollFor('the copies of guardrails were not in force', () => client.create(refused, { dryRun: true }).then(() => undefined, () => true), 60_000, 200)
  const result = await work()
  await Promise.all([...policies, ...last].map(object => limit(() => client.delete(refOf(object)))))
  return result
}

/** The API server reads policies in the order of their creation: all that were created before are in force as well. */
const lastInForce = (name: string): Guardrail => ({
  name: `refuses-${name}`,
  purpose: 'Refuses a ConfigMap.',
  resources: [{ group: '', resources: ['configmaps'], operations: ['CREATE'] }],
  rules: { name: { refuses: 'a ConfigMap', expression: `object.metadata.name != '${name}'`, message: 'The copies of guardrails are in force' } }
})

/** Creates a Tenant with its objects, one after another, so that the writes of all Tenants have the same order. */
async function writesOfTenant ({ client, auditLog }: ControlPlane, creator: KubeClient, prefix: string): Promise<MeasuredWrite[]> {
  const start = Date.now()
  const trees = tenantsOf({ tenants: 1, namespaces: 1 }, prefix).map(treeOf)
  await createDirectly(trees, { admin: client, creator, writesStatus: true, limit: limitOf(1) })
  const count = trees.reduce((sum, tree) => sum + writesOf(tree), 0)
  const writes = await pollFor('the writes of a Tenant were not logged', async () => {
    const found = readAuditWrites(auditLog, start).filter(({ user, resource }) => user === ENGINE_USER || resource === 'tenants')
    return found.length === count ? found : undefined
  }, 10_000)
  return writes.map(write => ({ write: `${write.verb} ${write.resource}`, exceeded: exceededBudgets(failuresOf(write)) }))
}
