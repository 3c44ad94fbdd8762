import { apiVersion } from '../../api/group.ts'
import { fieldsAt } from '../../kubernetes/json.ts'
import { identity } from '../../kubernetes/object.ts'
import { workloadPolicyName } from '../desired/workload-policy-manifest.ts'
import type { SyncContext } from '../observed/sync-context.ts'
import type { ConditionState } from './conditions.ts'

/** The condition Cordoned, by the observed WorkloadPolicy: the API server judges by that one. */
export function cordonedCondition (
  { tenant: { name, namespace = '' }, observed }: Pick<SyncContext, 'tenant' | 'observed'>
): ConditionState[] {
  const policy = observed.children.get(identity({ apiVersion, kind: 'WorkloadPolicy', metadata: { name: workloadPolicyName, namespace } }))
  if (fieldsAt(policy ?? {}, 'spec')['cordoned'] !== true) return []
  return [{
    type: 'Cordoned',
    status: 'True',
    reason: 'Cordoned',
    message: `new pods are refused in ${namespace} (spec.cordoned: true); running pods continue. ` +
      `To admit pods: kubectl patch tenants.k8s-mtp.dev ${name} --type=merge --patch='{"spec":{"cordoned":false}}'`
  }]
}
