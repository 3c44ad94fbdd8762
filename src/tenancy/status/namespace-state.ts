import { NamespaceStatus } from '../../api/tenant-status.ts'
import { furtherNamespaceName } from '../../api/tenant.ts'
import { guardOf } from '../../api/validation/checker.ts'
import { fieldsAt, textAt } from '../../kubernetes/json.ts'
import { displayName, type KubernetesObject, type ObservedObject } from '../../kubernetes/object.ts'
import { readPreviousStatus } from '../observed/previous-status.ts'
import type { Problem } from '../policy/problem.ts'
import { reasonAndMessage } from './namespace-message.ts'

const isNamespaceStatus = guardOf(NamespaceStatus)

/** What the status of a Tenant says about one further namespace. */
export interface NamespaceState {
  status: NamespaceStatus
  /** It does not get further until a person acts. */
  isStalled: boolean
}

/** The last status of a TenantNamespace counts only for its current generation. */
export function observedState (object: ObservedObject): NamespaceState {
  const { generation, conditions } = readPreviousStatus(object)
  const ready = conditions.find(({ type }) => type === 'Ready')
  if (generation !== object.metadata.generation || ready === undefined) {
    return waiting(object, { reason: 'RollingOut', message: `waiting for the reconciliation of ${displayName(object)}` })
  }
  const own = namespaceOf(object)
  const isReady = own?.ready === true && ready.status === 'True'
  return {
    status: {
      ...identityOf(object),
      phase: own?.phase ?? 'Pending',
      ready: isReady,
      ...reasonAndMessage(ready, isReady),
      ...(own?.objects !== undefined && { objects: own.objects })
    },
    isStalled: conditions.some(({ type }) => type === 'Stalled')
  }
}

export function waiting (object: KubernetesObject, { reason, message }: Problem): NamespaceState {
  const phase = namespaceOf(object)?.phase ?? 'Pending'
  return { status: { ...identityOf(object), phase, ready: false, reason, message }, isStalled: false }
}

/** The entry for its namespace in the status of a TenantNamespace. */
function namespaceOf (object: KubernetesObject): NamespaceStatus | undefined {
  const { namespaces } = fieldsAt(object, 'status')
  const own: unknown = Array.isArray(namespaces) ? namespaces[0] : undefined
  return isNamespaceStatus(own) ? own : undefined
}

export function identityOf (object: KubernetesObject): Pick<NamespaceStatus, 'name' | 'className'> {
  return { name: furtherNamespaceName(object.metadata.name), className: textAt(fieldsAt(object, 'spec'), 'className') }
}
