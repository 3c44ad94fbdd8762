import { WorkloadPolicySpec } from '../../api/workload-policy.ts'
import { Value } from '@sinclair/typebox/value'
import { workloadPolicyName } from '../../tenancy/desired/workload-policy-manifest.ts'
import { readBoundRules } from '../../verify/access/bound-rules.ts'
import type { Api } from '../../verify/api.ts'
import { undecided, type Check, type Family, type Result } from '../../verify/check.ts'
import type { ClusterState, Context, Target } from '../../verify/context.ts'
import { findBasePods } from '../../verify/pods/base-pod.ts'
import { findPresence } from '../../verify/presence.ts'
import { resultOf, summaryOf, type CheckResult, type NamespaceReport } from '../../verify/report.ts'
import { resources } from '../../kubernetes/resources.ts'
import { ClusterError } from '../cluster/cluster-error.ts'

/** Checks at once: each sends several requests at once itself. */
const atOnce = 4

/** What the namespaces of a run share. */
export interface Run {
  state: ClusterState
  api: Api
  families: readonly Family[]
}

/** Runs all checks of one namespace. */
export async function runChecks (
  target: Target, { state, api, families }: Run, onCheck: (id: string) => void = () => {}
): Promise<NamespaceReport> {
  const context = contextOf(target, state, api)
  const checks = families.flatMap(({ id, checks }) => checks.map(check => ({ family: id, check })))
  const results: CheckResult[] = []
  for (let start = 0; start < checks.length; start += atOnce) {
    results.push(...await Promise.all(checks.slice(start, start + atOnce).map(async ({ family, check }) => {
      onCheck(check.id)
      return resultOf(family, check, await judge(check, context), target)
    })))
  }
  return {
    namespace: target.name,
    ...(target.tenant !== undefined && { tenant: target.tenant.name, class: target.tenant.className }),
    subjects: target.members.map(({ subject: { kind, name, namespace }, roles }) =>
      ({ kind, name, ...(namespace !== undefined && { namespace }), roles })),
    summary: summaryOf(results),
    checks: results
  }
}

function contextOf (target: Target, cluster: ClusterState, api: Api): Context {
  const once = <T>(ask: () => Promise<T>) => {
    let known: Promise<T> | undefined
    return async () => await (known ??= ask())
  }
  const context: Context = {
    target,
    cluster,
    api,
    present: once(async () => await findPresence(context)),
    boundRules: once(async () => await readBoundRules(context)),
    basePods: once(async () => await findBasePods(context)),
    workloads: once(async () => {
      if (target.tenant === undefined) return undefined
      const policy = await api.find(resources.workloadPolicies, { namespace: target.name, name: workloadPolicyName })
      const spec = policy?.['spec']
      return Value.Check(WorkloadPolicySpec, spec) ? spec : undefined
    })
  }
  return context
}

/** What the caller may not ask is not decided. Without credentials, nothing is. */
async function judge (check: Check, context: Context): Promise<Result> {
  try {
    return await check.judge(context)
  } catch (error) {
    if (!(error instanceof ClusterError) || error.code === 401) throw error
    if (error.code === 403) return undecided(`you may not ask: ${error.response}`)
    if (error.code === 404) return undecided('the API server does not serve a kind that this check reads')
    return undecided(`the API server responds: ${error.response}`)
  }
}
