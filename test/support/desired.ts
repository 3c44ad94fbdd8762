import type { TenantSpec } from '../../src/api/tenant.ts'
import { displayName } from '../../src/kubernetes/object.ts'
import { desiredFor, type DesiredNamespace } from '../../src/tenancy/desired/desired-state.ts'
import type { Manifest } from '../../src/tenancy/desired/manifest.ts'
import type { Comparison } from '../../src/tenancy/drift/comparison.ts'
import { defaultClass, tenant } from './objects.ts'
import { applied, now } from './requests.ts'

/** The desired state of a Tenant of the default class. */
export function desiredOf (spec: Partial<TenantSpec> = {}, tenantClass = defaultClass()): DesiredNamespace {
  const { desired } = desiredFor(tenant(spec), tenantClass, now)
  if (desired === undefined) throw new Error('the Tenant or its class is invalid')
  return desired
}

const plain = desiredOf()

/** The manifest of a display name such as `Role/tenant-admin`. */
export function manifestNamed (name: string, { namespace, contents }: DesiredNamespace = plain): Manifest {
  const found = [namespace, ...contents].find(manifest => displayName(manifest) === name)
  if (found === undefined) throw new Error(`no manifest is named ${name}`)
  return found
}

/** A comparison with this result, and with differences at these paths, for the steps that read no more of it. */
export function comparison (name: string, action: Comparison['action'], paths: string[] = ['spec.hard']): Comparison {
  const manifest = manifestNamed(name)
  if (action === 'create') return { action, manifest, observed: undefined }
  const observed = applied(manifest)
  if (action === 'keep') return { action, manifest, observed, differences: [] }
  const differences = paths.map(path => ({ path: path.split('.'), from: undefined, to: 'x' }))
  return { action, manifest, observed, desiredView: {}, observedView: {}, differences }
}
