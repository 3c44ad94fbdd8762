import { apiVersion } from '../../api/group.ts'
import type { ConditionState } from './conditions.ts'
import { isFields } from '../../kubernetes/json.ts'
import { workloadPolicyName } from '../desired/workload-rules.ts'
import { identity, type Observed } from '../../kubernetes/object.ts'
import type { Owner } from '../observed/ownership.ts'

/** The condition Cordoned while pods are refused: what is observed says it, as that is what the API server goes by. */
export function cordonedState ({ tenant, namespace = '' }: Owner, { children }: Observed): ConditionState[] {
  const policy = children.get(identity({ apiVersion, kind: 'WorkloadPolicy', metadata: { name: workloadPolicyName, namespace } }))
  if (!isFields(policy?.['spec']) || policy['spec']['cordoned'] !== true) return []
  return [{
    type: 'Cordoned',
    status: 'True',
    reason: 'Cordoned',
    message: `no new pods are admitted to ${namespace}, as spec.cordoned asks; what runs goes on. To admit pods again: kubectl patch tenants.k8s-mtp.dev ${tenant} --type=merge --patch='{"spec":{"cordoned":false}}'`
  }]
}
