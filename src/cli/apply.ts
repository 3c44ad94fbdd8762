import { setTimeout as sleep } from 'node:timers/promises'
import { displayName } from '../kubernetes/object.ts'
import { applyInput, type WrittenObject } from './input/apply-input.ts'
import { ClusterError } from './cluster/cluster-error.ts'
import { openCluster, type Cluster, type Resource } from './cluster/cluster.ts'
import type { ConnectionOptions } from './cluster/connection.ts'
import { durationMilliseconds } from './input/duration.ts'
import { InputError } from './input/input-error.ts'
import { readDocuments } from './input/manifest-files.ts'
import { print } from './output/print.ts'

/** Of `k8s-mtp apply`, as given. */
export interface ApplyOptions extends ConnectionOptions {
  /** File or folder of TenantClasses and Tenants. */
  filename: string
  /** Under which name the API server notes what is declared here. */
  fieldManager: string
  /** How long a kind may take to be served, as given. */
  timeout: string
}

type Outcome = 'created' | 'configured' | 'unchanged'

/** Milliseconds between two looks. */
const interval = 250

const advice = 'Applying needs get, create and patch on tenantclasses (ClusterRole k8s-mtp-class-editor) and on tenants (ClusterRole k8s-mtp-tenant-editor): whichever of them the input has.'

/**
 * Applies TenantClasses and Tenants by server-side apply, once the API server serves them: a field that this field manager
 * has declared and does not declare any more is removed. Nothing is ever deleted.
 * @throws InputError where the input is not fully right, and then nothing is applied; or where an object could not be applied, and then the others are
 */
export async function apply (options: ApplyOptions): Promise<void> {
  const timeout = durationMilliseconds('--timeout', options.timeout)
  if (!/^[\x21-\x7e]{1,128}$/.test(options.fieldManager)) throw new InputError(`--field-manager is a name of 1 to 128 printable characters without spaces, not ${JSON.stringify(options.fieldManager)}`)
  const objects = applyInput(await readDocuments(options.filename))
  const cluster = await openCluster(options, advice)
  const deadline = Date.now() + timeout
  const failures: string[] = []
  for (const object of objects) {
    try {
      print(`${displayName(object)} ${await applyOne(cluster, object, options.fieldManager, deadline)}`)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      failures.push(`${displayName(object)}: ${error.message}`)
      // Where the API server does not answer, or has no such kind, it is the same with the next.
      if (!(error instanceof ClusterError)) break
    }
  }
  if (failures.length > 0) throw new InputError(failures.join('\n'))
}

async function applyOne (cluster: Cluster, object: WrittenObject, fieldManager: string, deadline: number): Promise<Outcome> {
  const resource = await servedResource(cluster, object, deadline)
  const before = await cluster.find(resource, { name: object.metadata.name })
  const after = await cluster.apply(resource, object, fieldManager)
  if (before === undefined) return 'created'
  return after.metadata.resourceVersion === before.metadata.resourceVersion ? 'unchanged' : 'configured'
}

/** In an install the CustomResourceDefinitions may have been there for a moment only. */
async function servedResource (cluster: Cluster, { apiVersion, kind }: WrittenObject, deadline: number): Promise<Resource> {
  for (let waited = false; ; waited = true) {
    const resource = await cluster.resourceOf({ apiVersion, kind })
    if (resource !== undefined) return resource
    if (Date.now() > deadline) {
      throw new InputError(`the API server does not serve the kind ${kind} in ${apiVersion}. Install the CustomResourceDefinitions first (kubectl get crd tenantclasses.k8s-mtp.dev tenants.k8s-mtp.dev), or give it more time by --timeout. Nothing more has been applied.`)
    }
    if (!waited) print(`waiting until the API server serves the kind ${kind} in ${apiVersion}`)
    await sleep(interval)
  }
}
