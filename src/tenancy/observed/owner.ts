import { namespaceName } from '../../api/tenant.ts'
import type { ObservedTenant } from '../decide.ts'
import type { Owner } from './ownership.ts'

/** Whose objects these are, read without trust in the spec: with a wrong one the namespace cannot be told. */
export function ownerOf ({ metadata, spec }: ObservedTenant): Owner {
  const name: unknown = typeof spec === 'object' && spec !== null && 'name' in spec ? spec.name : undefined
  return {
    tenant: metadata.name,
    namespace: typeof name === 'string' ? namespaceName({ metadata, spec: { name } }) : undefined
  }
}
