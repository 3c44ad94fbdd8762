import { reasons, type Condition } from '../../api/condition.ts'
import { namespaceName } from '../../api/tenant.ts'
import { fieldsAt, textAt, type Fields } from '../../kubernetes/json.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'
import { specChangedAt } from '../../kubernetes/spec-changed-at.ts'
import { ageText } from '../age.ts'
import { conditionsOf } from '../../kubernetes/conditions.ts'
import { isNotReconciled, namespaceEntries } from '../tenant-state.ts'
import { pageOf, pageOfReason, type Cause } from './cause.ts'
import { nextCommands, type About } from './next-commands.ts'

/** What the status of a Tenant says that is wrong: with the Tenant, then with each of its namespaces. */
export function tenantCauses (tenant: ObservedObject, now: Date): Cause[] {
  const conditions = conditionsOf(tenant)
  const ready = conditions.find(({ type }) => type === 'Ready')
  return [
    ...isNotReconciled(tenant) ? [notReconciled(tenant, now)] : [],
    // Each of those namespaces has its own cause.
    ...ready === undefined || ready.status === 'True' || ready.reason === 'NamespacesNotReady' ? [] : [causeOfCondition(tenant, ready)],
    ...conditions.filter(({ type }) => !['Ready', 'Reconciling', 'Stalled'].includes(type))
      .map(condition => causeOfCondition(tenant, condition)),
    ...namespaceEntries(tenant).filter(entry => isOwnProblem(entry, ready)).map(entry => causeOfEntry(tenant, entry))
  ]
}

/** What the status says that is wrong with one namespace. */
export function namespaceCauses (tenant: ObservedObject, namespace: string, now: Date): Cause[] {
  const entry = namespaceEntries(tenant).find(({ name }) => name === namespace)
  return [
    ...isNotReconciled(tenant) ? [notReconciled(tenant, now)] : [],
    ...entry === undefined
      ? [unlisted(tenant, namespace)]
      : entry['ready'] === true ? [] : [causeOfEntry(tenant, entry)],
    ...conditionsOf(tenant)
      .filter(({ type, message }) => type === 'Cordoned' || (type === 'QuotaExceeded' && message.includes(` ${namespace} `)))
      .map(condition => causeOfCondition(tenant, condition))
  ]
}

/** The message of the home namespace is that of the Tenant. */
function isOwnProblem (entry: Fields, ready: Condition | undefined): boolean {
  if (textAt(entry, 'message') === '') return false
  return ready?.status === 'True' || ready?.reason === 'NamespacesNotReady' || !sameProblem(entry, ready)
}

function sameProblem (entry: Fields, ready: Condition | undefined): boolean {
  // The status cuts messages of namespaces.
  return ready !== undefined && ready.reason === textAt(entry, 'reason') && ready.message.startsWith(textAt(entry, 'message').replace(/…$/, ''))
}

function causeOfCondition (tenant: ObservedObject, { reason, message }: Condition): Cause {
  return {
    object: `Tenant ${tenant.metadata.name}`,
    reason,
    message: withoutPage(message),
    commands: commandsOf(reason, aboutOf(tenant, namespaceEntries(tenant)[0] ?? {})),
    page: pageOfReason(reason)
  }
}

function causeOfEntry (tenant: ObservedObject, entry: Fields): Cause {
  const reason = textAt(entry, 'reason')
  const name = textAt(entry, 'name')
  return {
    object: `Namespace ${name}`,
    reason,
    message: withoutPage(textAt(entry, 'message')) || `it is ${textAt(entry, 'phase') || 'not ready'}`,
    commands: commandsOf(reason, aboutOf(tenant, entry)),
    page: pageOfReason(reason)
  }
}

/** The page of the reason is a field of its own. */
function withoutPage (message: string): string {
  const start = message.lastIndexOf(`. See ${pageOf('')}`)
  return start < 0 ? message : message.slice(0, start)
}

function aboutOf (tenant: ObservedObject, entry: Fields): About {
  const spec = fieldsAt(tenant, 'spec')
  const home = { metadata: tenant.metadata, spec: { name: textAt(spec, 'name') } }
  const objects = ['missing', 'drifted', 'rollingOut'].flatMap(field => entry[field]).filter(name => typeof name === 'string')
  return {
    tenant: tenant.metadata.name,
    namespace: textAt(entry, 'name') || namespaceName(home),
    className: textAt(entry, 'className') || textAt(spec, 'className'),
    objects
  }
}

function commandsOf (reason: string, about: About): string[] {
  const known = reasons.find(name => name === reason)
  return known === undefined ? [`kubectl describe tenants.k8s-mtp.dev ${about.tenant}`] : nextCommands[known](about)
}

/** Metacontroller reconciles a change within seconds. */
const expectedMilliseconds = 60_000

function notReconciled (tenant: ObservedObject, now: Date): Cause {
  const { generation = 0, name } = tenant.metadata
  const { observedGeneration } = fieldsAt(tenant, 'status')
  const isNew = typeof observedGeneration !== 'number' || observedGeneration < 0
  const changed = specChangedAt(tenant)
  const age = changed === undefined ? undefined : now.getTime() - changed
  const since = age === undefined ? '' : `, ${ageText(age)} after its last change`
  const problem = isNew
    ? `it was never reconciled${since}`
    : `the status is about generation ${observedGeneration}, and the Tenant has generation ${generation}${since}`
  const isLate = age === undefined || age > expectedMilliseconds
  return {
    object: `Tenant ${name}`,
    reason: 'NotReconciled',
    message: isLate
      ? `${problem}. Metacontroller does not run, does not reach the hook, or may not write. Find out which`
      : `${problem}. Wait a minute: Metacontroller has just been informed`,
    commands: isLate ? ['k8s-mtp check'] : [`kubectl wait tenants.k8s-mtp.dev/${name} --for=condition=Ready --timeout=2m`],
    page: pageOf('troubleshooting.md#nothing-happens-at-all')
  }
}

function unlisted (tenant: ObservedObject, namespace: string): Cause {
  const { name } = tenant.metadata
  return {
    object: `Namespace ${namespace}`,
    reason: 'NamespaceUnlisted',
    message: `the status of Tenant ${name} does not name it, and its label does. Adopt it, or release it`,
    commands: nextCommands.NamespaceConflict({ tenant: name, namespace, className: '', objects: [] }),
    page: pageOfReason('NamespaceConflict')
  }
}
