import { isRecord } from '../../cluster/api-error.ts'
import type { KubeObject } from '../../cluster/kube-object.ts'
import { attempt, type Ended } from '../../support/run.ts'
import { tool } from '../../tools/tools.ts'
import { platform } from '../context.ts'

/** Runs a program against the control plane of the tests, as a cluster admin. */
async function run (command: string, args: string[], input: string): Promise<Ended> {
  return await attempt(command, args, { env: { ...process.env, KUBECONFIG: platform().kubeconfig }, input })
}

/** The real kubectl; objects are given to it as its standard input. */
export async function kubectl (args: string[], objects: KubeObject[] = []): Promise<Ended> {
  return run(await tool('kubectl'), args, objects.map(object => JSON.stringify(object)).join('\n'))
}

/** @throws Error with what kubectl says where it fails */
export async function kubectlOk (args: string[], objects: KubeObject[] = []): Promise<string> {
  const { code, stdout, stderr } = await kubectl(args, objects)
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${stderr}`)
  return stdout
}

export interface FluxRun {
  /** What was done, by `Tenant/name`: created, configured, unchanged, deleted, skipped or unknown. */
  actions: Record<string, string>
  inventory: unknown[]
  error?: string
}

/** A Kustomization of Flux, which remembers what it has brought: each call is one reconciliation, by Flux's own library. */
export function fluxKustomization (name: string): (objects: KubeObject[]) => Promise<FluxRun> {
  let inventory: unknown[] = []
  return async objects => {
    const { code, stdout, stderr } = await run(await tool('flux-apply'), [], JSON.stringify({ kustomization: { name, namespace: 'flux-system' }, objects, inventory }))
    const said: unknown = code === 0 ? JSON.parse(stdout) : undefined
    if (!isFluxRun(said)) throw new Error(`flux-apply ended with ${code}: ${stderr}`)
    inventory = said.inventory
    return said
  }
}

function isFluxRun (value: unknown): value is FluxRun {
  return isRecord(value) && isRecord(value.actions) && Array.isArray(value.inventory)
}
