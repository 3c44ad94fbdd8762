import { nextReleaseStep, reportsConflict, type ReleaseSituation, type ReleaseStep } from '../adoption/release-steps.ts'
import { releaseDoneText, releasePlanText } from './adoption/release-text.ts'
import { readRelease, resourceOf } from './adoption/read.ts'
import { ClusterError } from './cluster/cluster-error.ts'
import { openCluster, type Cluster } from './cluster/cluster.ts'
import { durationOption } from './input/duration.ts'
import type { ChangeOptions } from './input/change-options.ts'
import { NegativeResult } from './output/negative-result.ts'
import { onOneLine, print } from './output/print.ts'
import { pollUntil } from './poll-until.ts'

/**
 * Milliseconds during which no label may come back. Without proof in the status that Metacontroller has observed the
 * release, which a Tenant on hold does not give, a sync may still be running.
 */
const quiet = { proven: 5_000, unproven: 15_000 }

/**
 * Stops managing a namespace, which stays with everything in it; or prints what would change.
 * @throws NegativeResult if an obstacle prevents it, or it takes longer than the timeout
 */
export async function release (tenant: string, namespace: string, options: ChangeOptions): Promise<void> {
  const timeout = durationOption('--timeout', options.timeout)
  const cluster = await openCluster(options)
  const situation = await readRelease(cluster, tenant, namespace)
  const step = nextReleaseStep(situation)
  if (step.kind === 'refuse') throw new NegativeResult(onOneLine(step.because))
  if (step.kind === 'done') return print(`Nothing to do: namespace ${namespace} is not managed by k8s-mtp.`)
  print(releasePlanText(situation))
  if (options.yes !== true) return print(`Nothing was changed. To make these changes: k8s-mtp release ${tenant} ${namespace} --yes`)
  await takeSteps(cluster, situation, timeout)
  print(releaseDoneText(situation))
}

interface Progress { situation: ReleaseSituation, step: ReleaseStep }

/** Takes one step after the other, until there was none to take during the quiet time. */
async function takeSteps (cluster: Cluster, { tenantName, namespaceName }: ReleaseSituation, timeout: number): Promise<void> {
  const deadline = Date.now() + timeout
  const report = printChanges()
  const read = async (): Promise<Progress> => {
    const situation = { ...await readRelease(cluster, tenantName, namespaceName), isStarted: true }
    const step = nextReleaseStep(situation)
    report(`  ${progressText(step)}`)
    return { situation, step }
  }
  const takeStep = async (): Promise<Progress> => {
    const progress = await read()
    if (progress.step.kind === 'refuse') throw new NegativeResult(onOneLine(progress.step.because))
    if (progress.step.kind === 'patch') await patchAll(cluster, progress.step)
    return progress
  }
  for (;;) {
    const last = await pollUntil(deadline, takeStep, ({ step }) => step.kind === 'done')
    if (last.step.kind !== 'done') throw new NegativeResult(timedOut(last, timeout))
    const since = Date.now()
    const isOver = ({ situation, step }: Progress) => step.kind !== 'done' || Date.now() - since >= quietTime(situation)
    if ((await pollUntil(since + quiet.unproven, read, isOver)).step.kind === 'done') return
  }
}

function quietTime ({ tenant, namespaceName }: ReleaseSituation): number {
  if (tenant === undefined) return 0
  return reportsConflict(tenant, namespaceName) ? quiet.proven : quiet.unproven
}

/** Prints a line unless it is the same as the last one. */
function printChanges (): (line: string) => void {
  let last = ''
  return line => {
    if (line !== last) print(line)
    last = line
  }
}

/** Objects that changed or were deleted after they were read are left to the next step. */
async function patchAll (cluster: Cluster, { patches }: ReleaseStep & { kind: 'patch' }): Promise<void> {
  await Promise.all(patches.map(async ({ object, metadata }) => {
    await cluster.patchMetadata(resourceOf(object), object, metadata).catch((error: unknown) => {
      if (!(error instanceof ClusterError && [404, 409].includes(error.code))) throw error
    })
  }))
}

const patched = {
  'namespace ownership': 'removing the label controller-uid from the namespace',
  'contents ownership': 'removing the label controller-uid from the objects in it',
  'contents metadata': 'removing the labels and annotations of k8s-mtp from the objects in it',
  'namespace metadata': 'removing the labels and annotations of k8s-mtp from the namespace'
}
const awaited = {
  'namespace is released': 'waiting for Metacontroller to release the namespace',
  'Tenant is on hold': 'waiting for the Tenant to report that the namespace is not its own',
  'contents are released': 'waiting for Metacontroller to release the objects in the namespace'
}

function progressText (step: ReleaseStep): string {
  if (step.kind === 'patch') return patched[step.what]
  return step.kind === 'wait' ? awaited[step.until] : 'checking that no label comes back'
}

function timedOut ({ step, situation: { tenantName, namespaceName } }: Progress, timeout: number): string {
  return `timed out after ${timeout / 1000} s while ${progressText(step)}. Do not delete the Tenant yet. ` +
    'Check that Metacontroller and the hook run (k8s-mtp check), then run the command again: ' +
    `k8s-mtp release ${tenantName} ${namespaceName} --yes`
}
