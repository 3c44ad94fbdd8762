import { Type, type Static } from '@sinclair/typebox'
import { labels } from '../../api/group.ts'
import { OneOf } from '../../api/one-of.ts'
import { fieldsAt } from '../../kubernetes/json.ts'
import { isTerminating, type ObservedObject } from '../../kubernetes/object.ts'
import { NotReadable } from '../not-readable.ts'
import { isNotReconciled, namespaceEntries, tenantState } from '../tenant-state.ts'
import { Cause, pageOfReason } from './cause.ts'
import { nextCommands } from './next-commands.ts'

export const WhyReport = Type.Object({
  about: Type.String({ description: 'Tenant acme, or Namespace tenant-acme-shop.' }),
  ready: OneOf(['True', 'False', 'Unknown'], { description: 'Unknown: the caller may not read the Tenant.' }),
  causes: Type.Array(Cause, {
    description: 'What is wrong, the most general first. Those of workloads do not change whether it is Ready.'
  }),
  notReadable: NotReadable
}, { description: 'The output of `k8s-mtp why -o json`.' })
export type WhyReport = Static<typeof WhyReport>

export function readyOfTenant (tenant: ObservedObject): WhyReport['ready'] {
  return tenantState(tenant) === 'Ready' ? 'True' : 'False'
}

/** @param tenant undefined where the caller may not read it */
export function readyOfNamespace (namespace: string, tenant: ObservedObject | undefined): WhyReport['ready'] {
  if (tenant === undefined) return 'Unknown'
  const entry = namespaceEntries(tenant).find(({ name }) => name === namespace)
  return entry?.['ready'] === true && !isNotReconciled(tenant) && !isTerminating(tenant) ? 'True' : 'False'
}

/** What a member sees who may not read the Tenant. */
export function observedCauses (namespace: ObservedObject, workloadPolicy: ObservedObject | undefined): Cause[] {
  const { name, labels: found = {} } = namespace.metadata
  const about = { tenant: found[labels.tenant] ?? '', namespace: name, className: '', objects: [] }
  const cause = (reason: 'NamespaceTerminating' | 'Cordoned', message: string, commands: string[]): Cause =>
    ({ object: `Namespace ${name}`, reason, message, commands, page: pageOfReason(reason) })
  const isCordoned = workloadPolicy !== undefined && fieldsAt(workloadPolicy, 'spec')['cordoned'] === true
  return [
    ...isTerminating(namespace)
      ? [cause('NamespaceTerminating', 'it is being deleted. Ask the platform team', nextCommands.NamespaceTerminating(about))]
      : [],
    ...isCordoned ? [cause('Cordoned', `Tenant ${about.tenant} is cordoned: new pods are refused. Ask the platform team`, [])] : []
  ]
}
