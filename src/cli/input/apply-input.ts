import { group } from '../../api/group.ts'
import type { TenantClass } from '../../api/tenant-class.ts'
import type { Tenant } from '../../api/tenant.ts'
import { InputError, throwFindings } from './input-error.ts'
import { at, kindOf, readManifestSet, type ManifestSet } from './manifest-set.ts'
import { tenantObjects } from './tenant-objects.ts'

/** A Tenant or TenantClass as written, without defaults: server-side apply sends declared fields only. */
export interface WrittenObject { apiVersion: string, kind: string, metadata: { name: string } }

/**
 * Reads the objects to apply: TenantClasses first, because Tenants refer to them.
 * @throws InputError with one line per finding, so that input with any error is not applied at all
 */
export async function readApplyInput (path: string): Promise<WrittenObject[]> {
  const input = await readManifestSet(path)
  throwFindings([...input.findings, ...unsupportedKinds(input), ...policyFindings(input)])
  const found = [...input.classes, ...input.tenants]
  if (found.length === 0) throw new InputError(`${path}: no Tenant or TenantClass found. Name a file or folder with one.`)
  // Validated by readManifestSet, which adds the defaults to a copy.
  return found.map(({ source }) => source.value as WrittenObject)
}

function unsupportedKinds ({ others }: ManifestSet): string[] {
  return others.map(source => {
    const message = `${kindOf(source)} cannot be applied by k8s-mtp, only Tenants and TenantClasses of ${group}. Apply it with kubectl.`
    return at(source, { path: ['kind'], message })
  })
}

/** Checks classes against a Tenant without overrides, and Tenants whose class is in the input too. */
function policyFindings ({ classes, tenants }: ManifestSet): string[] {
  const ofClasses = classes.map(found => tenantObjects({ ...found, object: plainTenant(found.object) }, found))
  const ofTenants = tenants.flatMap(tenant => {
    const found = classes.find(({ object }) => object.metadata.name === tenant.object.spec.className)
    return found === undefined ? [] : [tenantObjects(tenant, found)]
  })
  return [...ofClasses, ...ofTenants].flatMap(({ findings }) => findings)
}

function plainTenant ({ apiVersion, metadata }: TenantClass): Tenant {
  const spec = { name: 'any', className: metadata.name, deletionPolicy: 'Delete' } as const
  return { apiVersion, kind: 'Tenant', metadata: { name: 'any' }, spec }
}
