import { setTimeout as sleep } from 'node:timers/promises'
import { reportsConflict, nextReleaseStep, releasedObjects, type ReleaseSituation, type ReleaseStep } from '../adoption/release-steps.ts'
import { readLooseTenant } from '../tenancy/observed/loose-tenant.ts'
import { endingAccess } from '../tenancy/subjects/expiry.ts'
import { displayName } from '../kubernetes/object.ts'
import { columns, plural, section } from './output/layout.ts'
import { readRelease, resourceOf } from './adoption/read.ts'
import { ClusterError } from './cluster/cluster-error.ts'
import { openCluster, type Cluster } from './cluster/cluster.ts'
import { durationMilliseconds } from './input/duration.ts'
import { InputError } from './input/input-error.ts'
import type { ChangeOptions } from './input/options.ts'
import { print } from './output/print.ts'

/** Milliseconds between two looks. */
const interval = 500

/**
 * Milliseconds in which nothing may come back: after a status that proves that the engine has seen the release, and where the Tenant was
 * held before and its status proves nothing, so that a pass may still be under way.
 */
const quiet = { proven: 5_000, unproven: 15_000 }

/**
 * Lets a namespace go: it and all in it stays as it is, and is not managed any more.
 * @throws InputError where it cannot be done, or has not come to its end in time
 */
export async function release (tenant: string, namespace: string, options: ChangeOptions): Promise<void> {
  const timeout = durationMilliseconds('--timeout', options.timeout)
  const cluster = await openCluster(options)
  const situation = await readRelease(cluster, tenant, namespace)
  const step = nextReleaseStep(situation)
  if (step.kind === 'refuse') throw new InputError(step.because)
  if (step.kind === 'done') return print(`There is nothing to do: namespace ${namespace} bears nothing of k8s-mtp.`)
  print(planText(situation))
  if (options.yes !== true) return print(`Nothing has been changed. To do it: k8s-mtp release ${tenant} ${namespace} --yes`)
  await letGo(cluster, situation, timeout)
  print(doneText(situation))
}

/** Looks, does the next step, and looks again, until there was nothing to do for some seconds. */
async function letGo (cluster: Cluster, { tenantName, namespaceName }: ReleaseSituation, timeout: number): Promise<void> {
  const deadline = Date.now() + timeout
  const report = changesOf(print)
  let quietSince: number | undefined
  for (;;) {
    const situation = await readRelease(cluster, tenantName, namespaceName)
    const step = nextReleaseStep(situation)
    report(`  ${progressText(step)}`)
    quietSince = step.kind === 'done' ? quietSince ?? Date.now() : undefined
    if (quietSince !== undefined && Date.now() - quietSince >= quietTime(situation)) return
    if (quietSince === undefined && Date.now() > deadline) throw new InputError(tooLate(step, situation, timeout))
    await perform(cluster, step)
  }
}

function changesOf (report: (line: string) => void): (line: string) => void {
  let last = ''
  return line => {
    if (line !== last) report(line)
    last = line
  }
}

async function perform (cluster: Cluster, step: ReleaseStep): Promise<void> {
  if (step.kind === 'refuse') throw new InputError(step.because)
  if (step.kind === 'patch') await patchAll(cluster, step)
  else await sleep(interval)
}

function quietTime ({ tenant, namespaceName }: ReleaseSituation): number {
  if (tenant === undefined) return 0
  return reportsConflict(tenant, namespaceName) ? quiet.proven : quiet.unproven
}

/** What has changed or gone meanwhile is looked at once more. */
async function patchAll (cluster: Cluster, { patches }: ReleaseStep & { kind: 'patch' }): Promise<void> {
  await Promise.all(patches.map(async ({ object, metadata }) => await cluster.patchMetadata(resourceOf(object), object, metadata).catch((error: unknown) => {
    if (!(error instanceof ClusterError && [404, 409].includes(error.code))) throw error
  })))
}

const patched = {
  'namespace ownership': 'taking the label controller-uid off the namespace',
  'contents ownership': 'taking the label controller-uid off what is in it',
  'contents metadata': 'taking the labels and annotations of k8s-mtp off what is in it',
  'namespace metadata': 'taking the labels and annotations of k8s-mtp off the namespace'
}
const awaited = {
  'namespace is released': 'waiting until Metacontroller has let go of the namespace',
  'Tenant is on hold': 'waiting until the Tenant says that the namespace is not its own',
  'contents are released': 'waiting until Metacontroller has let go of what is in it'
}

function progressText (step: ReleaseStep): string {
  if (step.kind === 'patch') return patched[step.what]
  return step.kind === 'wait' ? awaited[step.until] : 'looking for some seconds whether anything comes back'
}

function tooLate (step: ReleaseStep, { tenantName, namespaceName }: ReleaseSituation, timeout: number): string {
  return `Not finished after ${timeout / 1000} s, still ${progressText(step)}. Nothing is lost, but do not delete the Tenant yet. ` +
    `See that Metacontroller and the hook run (kubectl -n metacontroller get pods), then run it again: k8s-mtp release ${tenantName} ${namespaceName} --yes`
}

/** Nobody takes them out of their bindings any more. */
function endless ({ tenant }: ReleaseSituation): string[] {
  if (tenant === undefined) return []
  return endingAccess(readLooseTenant(tenant).subjects, new Date()).map(({ role, kind, namespace, name, expiresAt }) => `${role} ${kind} ${namespace === undefined ? '' : `${namespace}/`}${name} (${String(expiresAt)})`)
}

function planText (situation: ReleaseSituation): string {
  const { tenantName, namespaceName, tenant } = situation
  const objects = releasedObjects(situation)
  return [
    `Namespace ${namespaceName} is let go by Tenant ${tenantName}${tenant === undefined ? ', which is gone' : ''}, and stays as it is with all that is in it.\n`,
    ...section('Stays, and is not kept that way any more', columns([[`Namespace/${namespaceName}`, 'its pod security labels too'], ...objects.map(object => [displayName(object)])])),
    ...section('Rights that do not end any more, unless you take them out of their RoleBindings', endless(situation)),
    ...section('Taken off the namespace and these objects', ['the labels controller-uid, k8s-mtp.dev/* and app.kubernetes.io/managed-by=k8s-mtp', 'the annotations k8s-mtp.dev/* and of what Metacontroller applied last',
      ...(tenant === undefined ? ['references to the Tenant as owner'] : [])])
  ].join('\n')
}

function doneText (situation: ReleaseSituation): string {
  const { tenantName, namespaceName, tenant } = situation
  const count = releasedObjects(situation).length
  return [
    `\nDone: namespace ${namespaceName} and the ${plural(count, 'object')} of k8s-mtp in it are nobody's. What somebody changes or deletes there stays so; people keep the rights they have.`,
    ...(tenant === undefined
      ? []
      : [
      `Tenant ${tenantName} is held, and deleting it takes nothing with it any more. Next, one of:`,
      `  kubectl delete tenants.k8s-mtp.dev ${tenantName}`,
      `  k8s-mtp adopt ${tenantName} ${namespaceName} --yes     to take it back`])
  ].join('\n')
}
