import { group } from '../../api/group.ts'
import type { TenantClass } from '../../api/tenant-class.ts'
import type { Tenant } from '../../api/tenant.ts'
import { desiredFor } from '../../tenancy/desired/desired-state.ts'
import { InputError } from './input-error.ts'
import { at, kindsIn, type Found, type Kinds } from './kinds-in-files.ts'
import type { SourceDocument } from './manifest-files.ts'

/** Tenants and TenantClasses as somebody has written them, without defaults: what is declared is what is applied. */
export interface WrittenObject { apiVersion: string, kind: string, metadata: { name: string } }

/**
 * What is to be applied, classes first, since Tenants name them.
 * @throws InputError with a line for each finding, so that nothing is applied of input that is not fully right
 */
export function applyInput (documents: SourceDocument[]): WrittenObject[] {
  const kinds = kindsIn(documents)
  const found: Array<Found<TenantClass | Tenant>> = [...kinds.classes, ...kinds.tenants]
  const findings = [...kinds.findings, ...otherKinds(documents), ...duplicates(found), ...policyFindings(kinds)]
  if (findings.length > 0) throw new InputError(findings.join('\n'))
  if (found.length === 0) throw new InputError('there is no TenantClass and no Tenant in the input')
  // Checked above: they are what kindsIn has found, without the defaults that it has put in.
  return found.map(({ source }) => source.value as WrittenObject)
}

function otherKinds (documents: SourceDocument[]): string[] {
  return documents.flatMap(source => {
    const { apiVersion, kind, items } = (source.value ?? {}) as { apiVersion?: unknown, kind?: unknown, items?: unknown }
    // A list is a finding already.
    if (Array.isArray(items) || (typeof apiVersion === 'string' && apiVersion.startsWith(`${group}/`))) return []
    return [at(source, { path: ['kind'], message: `k8s-mtp apply takes the kinds TenantClass and Tenant of ${group} alone, not ${String(kind)} in ${String(apiVersion)}: apply it with kubectl` })]
  })
}

function duplicates (found: Array<Found<TenantClass | Tenant>>): string[] {
  const seen = new Map<string, string>()
  return found.flatMap(({ object: { kind, metadata: { name } }, source }) => {
    const first = seen.get(`${kind}/${name}`)
    seen.set(`${kind}/${name}`, first ?? source.file)
    return first === undefined ? [] : [at(source, { path: ['metadata', 'name'], message: `there is a ${kind} ${name} in ${first} already` })]
  })
}

/** What would hold Tenants: in classes for any Tenant, in Tenants as far as their class is in the input too. */
function policyFindings ({ classes, tenants }: Kinds): string[] {
  const ofClasses = classes.flatMap(({ object, source }) => (desiredFor(plainTenant(object), object, new Date()).problems ?? []).map(problem => at(source, problem)))
  const ofTenants = tenants.flatMap(({ object, source }) => {
    const found = classes.find(candidate => candidate.object.metadata.name === object.spec.className)
    const problems = found === undefined ? [] : desiredFor(object, found.object, new Date()).problems ?? []
    return problems.filter(({ reason }) => reason !== 'ClassInvalid').map(problem => at(source, problem))
  })
  return [...ofClasses, ...ofTenants]
}

/** One that overrides nothing. */
function plainTenant ({ apiVersion, metadata }: TenantClass): Tenant {
  return { apiVersion, kind: 'Tenant', metadata: { name: 'any' }, spec: { name: 'any', className: metadata.name, deletionPolicy: 'Delete' } }
}
