import type { Resource } from '../kubernetes/api-request.ts'
import { displayName } from '../kubernetes/object.ts'
import { ClusterError } from './cluster/cluster-error.ts'
import { openCluster, type Cluster } from './cluster/cluster.ts'
import type { ConnectionOptions } from './cluster/connection.ts'
import { checkGrantable } from './grantable-classes.ts'
import { enginesNamed } from './guardrails.ts'
import { readApplyInput, type WrittenObject } from './input/apply-input.ts'
import { durationOption } from './input/duration.ts'
import { InputError } from './input/input-error.ts'
import { NegativeResult } from './output/negative-result.ts'
import { print } from './output/print.ts'
import { pollUntil } from './poll-until.ts'

/** The options of `k8s-mtp apply`, as given. */
export interface ApplyOptions extends ConnectionOptions {
  /** Files or folders with TenantClasses, Tenants and CustomResourceDefinitions. */
  filename: string[]
  fieldManager: string
  /** How long to wait until the API server serves the kinds. */
  timeout: string
  /** `namespace/name` of the ServiceAccount of Metacontroller. */
  engineServiceAccount?: string
}

type Outcome = 'created' | 'configured' | 'unchanged'

const advice = 'Applying needs get, create and patch on the kinds in the input: tenantclasses ' +
  '(ClusterRole k8s-mtp-class-editor), tenants (ClusterRole k8s-mtp-tenant-editor), customresourcedefinitions.'

/**
 * Applies TenantClasses, Tenants and CustomResourceDefinitions by server-side apply, which removes fields that this field manager no longer
 * declares. Deletes no object.
 * @throws InputError if the input has an error, or a class with permissions that Metacontroller lacks, and then applies nothing;
 * NegativeResult after the last object, if one failed
 */
export async function apply (options: ApplyOptions): Promise<void> {
  const timeout = durationOption('--timeout', options.timeout)
  if (!/^[\x21-\x7e]{1,128}$/.test(options.fieldManager)) {
    throw new InputError(`--field-manager is not a valid name: ${JSON.stringify(options.fieldManager)}. ` +
      'Use 1 to 128 printable ASCII characters without spaces.')
  }
  const engines = enginesNamed(options.engineServiceAccount)
  const objects = await readApplyInput(options.filename)
  const cluster = await openCluster(options, advice)
  await checkGrantable(cluster, objects, engines)
  const deadline = Date.now() + timeout
  const failures: string[] = []
  for (const object of objects) {
    try {
      print(`${displayName(object)} ${await applyOne(cluster, object, options.fieldManager, deadline)}`)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      failures.push(`${displayName(object)}: ${error.message}`)
      // If the API server does not respond, or does not serve the kind, the other objects would fail too.
      if (!(error instanceof ClusterError)) break
    }
  }
  if (failures.length > 0) throw new NegativeResult(failures.join('\n'))
}

async function applyOne (cluster: Cluster, object: WrittenObject, fieldManager: string, deadline: number): Promise<Outcome> {
  const resource = await servedResource(cluster, object, deadline)
  const before = await cluster.find(resource, { name: object.metadata.name })
  const after = await cluster.apply(resource, object, fieldManager)
  if (before === undefined) return 'created'
  return after.metadata.resourceVersion === before.metadata.resourceVersion ? 'unchanged' : 'configured'
}

/** Waits until the API server serves a kind: in an installation, the CustomResourceDefinitions may be new. */
async function servedResource (cluster: Cluster, { apiVersion, kind }: WrittenObject, deadline: number): Promise<Resource> {
  let reads = 0
  const resource = await pollUntil(deadline, async () => {
    if (++reads === 2) print(`waiting for the API server to serve ${kind} in ${apiVersion}`)
    return await cluster.resourceOf({ apiVersion, kind })
  }, found => found !== undefined)
  if (resource !== undefined) return resource
  throw new InputError(`the API server does not serve ${kind} in ${apiVersion}. Remaining objects are not applied. ` +
    'Install the CustomResourceDefinitions first, or set a longer --timeout.')
}
