import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { ApiError } from '../cluster/api-error.ts'
import { applyManifests } from '../cluster/install.ts'
import { ENGINE_USER, engineAccount } from '../cluster/credentials.ts'
import type { KubeObject, ObjectRef } from '../cluster/kube-object.ts'
import { readManifests } from '../cluster/manifests.ts'
import { metacontrollerStatefulSet } from '../cluster/metacontroller-install/stateful-set.ts'
import type { NodeEngine } from '../cluster/node/platform.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { client, eventually } from '../e2e/context.ts'
import { kubectl } from '../node/kubectl.ts'
import { valueAt } from '../support/value-at.ts'
import { hookService } from './hook-service.ts'
import { fieldOf } from './observed.ts'
import { stayingPodsOf } from './release-pods.ts'
import type { Release } from './release.ts'

const { namespace } = hookService

/** The user that the Metacontroller of the chart acts as. */
export const ownEngineUser = `system:serviceaccount:${namespace}:k8s-mtp-metacontroller`
const deployment: ObjectRef = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'k8s-mtp-metacontroller' }

/** Values of the chart for the image on the node, which has no digest, and the strategy of this run. */
export function engineValues ({ strategy }: NodeEngine): object {
  return { metacontroller: { image: { digest: '' }, applyStrategy: strategy } }
}

export async function engineReplicas (): Promise<unknown> {
  return await fieldOf(deployment, 'status.readyReplicas')
}

export async function enginePods (): Promise<KubeObject[]> {
  return await stayingPodsOf('metacontroller')
}

/** Returns who leads, as `<pod>_<id of the process>`, by the lease that it renews; rejects while none does. */
export async function leader (inNamespace = namespace): Promise<string> {
  const lease = await client().get({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: inNamespace, name: 'metacontroller' })
  const { holderIdentity = '', renewTime = '', leaseDurationSeconds = 0 } = valueAt(lease, 'spec') as Record<string, string> & { leaseDurationSeconds?: number }
  if (holderIdentity === '' || Date.now() - Date.parse(renewTime) > leaseDurationSeconds * 1000) throw new Error(`none leads: ${JSON.stringify(lease.spec)}`)
  return holderIdentity
}

/** A Metacontroller of the cluster, as its own chart installs it with metacontroller/values.yaml. */
export const other = {
  user: ENGINE_USER,
  /** Installs it without replicas. */
  async install ({ platform }: Release): Promise<void> {
    await applyManifests(client(), [
      ...readManifests(repositoryPath('test/cluster/metacontroller-install/rbac.yaml')),
      metacontrollerStatefulSet({ replicas: 0, args: [`--apply-strategy=${platform.engine.strategy}`] })
    ])
  },
  /** Resolves when it leads, or has no pods. */
  async scale ({ platform }: Release, replicas: number): Promise<void> {
    expect(await kubectl(platform, ['scale', 'statefulset', 'metacontroller', '--namespace', engineAccount.namespace, '--replicas', String(replicas)])).toMatchObject({ code: 0 })
    const ref: ObjectRef = { apiVersion: 'apps/v1', kind: 'StatefulSet', ...engineAccount }
    await eventually(async () => expect(await fieldOf(ref, 'status.replicas')).toBe(replicas), { timeout: 90_000 })
    if (replicas > 0) await eventually(async () => await leader(engineAccount.namespace), { timeout: 90_000 })
  }
}

/**
 * Tries to delete the namespace of a Tenant by dry run, as a cluster admin, again and again until it is stopped.
 * Then returns how often, and what else than a refusal by the guardrails came back.
 */
export function watchGuardrails (tenantNamespace: string): () => Promise<{ tries: number, admitted: string[] }> {
  const admitted: string[] = []
  let tries = 0
  const stopped = new AbortController()
  const running = (async () => {
    while (!stopped.signal.aborted) {
      const error = await client().delete({ apiVersion: 'v1', kind: 'Namespace', name: tenantNamespace }, { dryRun: ['All'] }).then(() => undefined, (error: unknown) => error)
      tries++
      if (!(error instanceof ApiError) || !error.message.includes('denied request')) admitted.push(`${new Date().toISOString()} ${String(error)}`)
      await sleep(20)
    }
  })()
  return async () => {
    stopped.abort()
    await running
    return { tries, admitted }
  }
}
