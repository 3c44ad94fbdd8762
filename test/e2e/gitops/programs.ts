import { readFileSync, writeFileSync } from 'node:fs'
import { parse, stringify } from 'yaml'
import { isRecord } from '../../cluster/api-error.ts'
import { applyManifests } from '../../cluster/install.ts'
import type { KubeObject } from '../../cluster/kube-object.ts'
import { flux } from '../../gitops/folder.ts'
import { attempt, type Ended } from '../../support/run.ts'
import { valueAt } from '../../support/value-at.ts'
import { tool } from '../../tools/tools.ts'
import { client, platform } from '../context.ts'

/** Runs a program against the control plane of the tests, by default as a cluster admin. */
async function run (command: string, args: string[], input: string, kubeconfig = platform().kubeconfig): Promise<Ended> {
  return await attempt(command, args, { env: { ...process.env, KUBECONFIG: kubeconfig }, input })
}

/** Runs kubectl, with objects as its standard input. */
export async function kubectl (args: string[], objects: KubeObject[] = []): Promise<Ended> {
  return run(await tool('kubectl'), args, objects.map(object => JSON.stringify(object)).join('\n'))
}

/** @throws Error with the message of kubectl */
export async function kubectlOk (args: string[], objects: KubeObject[] = []): Promise<string> {
  const { code, stdout, stderr } = await kubectl(args, objects)
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${stderr}`)
  return stdout
}

export interface FluxRun {
  /** By `Tenant/name`: created, configured, unchanged, deleted, skipped or unknown. */
  actions: Record<string, string>
  inventory: unknown[]
  error?: string
}

/**
 * A Kustomization of examples/gitops/flux with its inventory. Each call is one reconciliation by the library of Flux, with
 * the ServiceAccount and permissions of the example.
 */
export function fluxKustomization (name: string): (objects: KubeObject[]) => Promise<FluxRun> {
  let inventory: unknown[] = []
  return async objects => {
    const account = valueAt(flux().find(({ kind, metadata }) => kind === 'Kustomization' && metadata.name === name), 'spec.serviceAccountName')
    await applyManifests(client(), flux().filter(({ kind }) => kind === 'ClusterRoleBinding'))
    const kubeconfig = kubeconfigAs(`system:serviceaccount:flux-system:${String(account)}`, ['system:serviceaccounts', 'system:serviceaccounts:flux-system', 'system:authenticated'])
    const { code, stdout, stderr } = await run(await tool('flux-apply'), [], JSON.stringify({ kustomization: { name, namespace: 'flux-system' }, objects, inventory }), kubeconfig)
    const result: unknown = code === 0 ? JSON.parse(stdout) : undefined
    if (!isFluxRun(result)) throw new Error(`flux-apply ended with ${code}: ${stderr}`)
    inventory = result.inventory
    return result
  }
}

/** Writes a kubeconfig that impersonates a user, beside the one of the control plane. */
function kubeconfigAs (user: string, groups: string[]): string {
  const admin = platform().kubeconfig
  const { users, ...rest } = parse(readFileSync(admin, 'utf8')) as { users: Array<{ user: object }> }
  const path = `${admin}-${user.replaceAll(':', '-')}`
  writeFileSync(path, stringify({ ...rest, users: users.map(entry => ({ ...entry, user: { ...entry.user, as: user, 'as-groups': groups } })) }), { mode: 0o600 })
  return path
}

function isFluxRun (value: unknown): value is FluxRun {
  return isRecord(value) && isRecord(value.actions) && Array.isArray(value.inventory)
}
