import { Value } from '@sinclair/typebox/value'
import { namespaceName, Tenant, type TenantSpec } from '../../src/api/tenant.ts'
import { TenantClass } from '../../src/api/tenant-class.ts'
import { tenantNamespaceName } from '../../src/api/tenant-namespace.ts'
import { checker, formatViolation } from '../../src/api/validation/checker.ts'
import { desiredFor } from '../../src/tenancy/desired/desired-state.ts'
import type { Manifest } from '../../src/tenancy/desired/manifest.ts'
import { tenantNamespaces } from '../../src/tenancy/desired/tenant-namespace-manifest.ts'
import { tenantsByNamespace, type TenantOfEntry } from '../../src/tenancy/desired/tenant-of-entry.ts'
import type { KubeObject, ObjectRef } from '../cluster/kube-object.ts'

/** What should be, from the operations alone: nothing of it is read from the cluster. */
export interface Model {
  classes: Map<string, TenantClass>
  tenants: Map<string, Tenant>
  /** Entries that were removed from spec.namespaces, by Tenant: their namespaces are kept. */
  unlisted: Map<string, Set<string>>
  /** Tenants that had deletionPolicy Retain once: their namespaces may have the label that keeps them. */
  retained: Set<string>
  /** Names of Tenants that were deleted with --cascade=orphan, which are not used again. */
  orphaned: Set<string>
  /** What these left, the oldest first. */
  orphanedNamespaces: OwnNamespace[]
  /** Deleted objects that a finalizer keeps. */
  held: ObjectRef[]
}

export function emptyModel (): Model {
  return { classes: new Map(), tenants: new Map(), unlisted: new Map(), retained: new Set(), orphaned: new Set(), orphanedNamespaces: [], held: [] }
}

/** A namespace of a Tenant by its entry in spec.namespaces; its home has none. */
export interface OwnNamespace { tenant: string, entry: string | undefined, name: string }

/** A namespace as it should be: its objects, or none where the Tenant or its class is invalid. */
export interface ExpectedNamespace {
  name: string
  /** `Tenant acme`, or `TenantNamespace acme.dev`: whose status reports on it. */
  parent: { kind: 'Tenant' | 'TenantNamespace', name: string }
  className: string
  manifests: KubeObject[] | undefined
}

/** The namespaces of a Tenant; without objects while it is paused. */
export function expectedNamespaces (model: Model, tenant: Tenant, now: Date): ExpectedNamespace[] {
  return tenantsByNamespace(tenant).map(each => {
    const desired = each.spec.paused === true ? undefined : desiredOf(model, each, now)
    return {
      name: namespaceName(each),
      parent: each.entry === undefined
        ? { kind: 'Tenant', name: tenant.metadata.name }
        : { kind: 'TenantNamespace', name: tenantNamespaceName(tenant.metadata.name, each.entry) },
      className: each.spec.className,
      manifests: desired && [desired.namespace, ...desired.contents].map(objectOf)
    }
  })
}

/** Undefined without the class, and where one of the two is invalid. */
export function desiredOf (model: Model, tenant: TenantOfEntry, now: Date) {
  const tenantClass = model.classes.get(tenant.spec.className)
  return tenantClass && desiredFor(tenant, tenantClass, now).desired
}

/** The TenantNamespaces of a Tenant; none while it is paused. */
export function expectedTenantNamespaces (tenant: Tenant): KubeObject[] {
  return tenant.spec.paused === true ? [] : tenantNamespaces(tenant).map(objectOf)
}

function objectOf (manifest: Manifest): KubeObject {
  return { ...manifest, metadata: { ...manifest.metadata } }
}

/** True where all objects of all its namespaces are expected. */
export function isExpectedReady (model: Model, tenant: Tenant, now: Date): boolean {
  return expectedNamespaces(model, tenant, now).every(({ manifests }) => manifests !== undefined)
}

export function unlistedOf (model: Model, tenant: string): string[] {
  return [...model.unlisted.get(tenant) ?? []]
}

/** The namespaces that a Tenant has, or had before their entry was removed. */
export function ownNamespaces (model: Model, tenant: Tenant): OwnNamespace[] {
  const { metadata } = tenant
  return [
    ...tenantsByNamespace(tenant).map(each => ({ tenant: metadata.name, entry: each.entry, name: namespaceName(each) })),
    ...unlistedOf(model, metadata.name).map(entry => ({ tenant: metadata.name, entry, name: namespaceName({ metadata, spec: { name: entry } }) }))
  ]
}

export function namespaceNames (model: Model, tenant: Tenant): string[] {
  return ownNamespaces(model, tenant).map(({ name }) => name)
}

const checkTenant = checker(Tenant)
const checkClass = checker(TenantClass)

/** @throws Error for a Tenant that the API server would refuse, which no operation creates */
export function tenantOf (name: string, spec: Partial<TenantSpec>): Tenant {
  const tenant = Value.Default(Tenant, { apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', metadata: { name }, spec: structuredClone(spec) })
  const checked = checkTenant(tenant)
  if (!checked.ok) throw new Error(`Tenant ${name} is invalid: ${checked.violations.map(formatViolation).join('; ')}`)
  return checked.value
}

/** @throws Error for a class that the API server would refuse, which no operation creates */
export function classOf (name: string, spec: unknown): TenantClass {
  const tenantClass = { apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantClass', metadata: { name }, spec: structuredClone(spec) }
  const checked = checkClass(Value.Default(TenantClass, tenantClass))
  if (!checked.ok) throw new Error(`TenantClass ${name} is invalid: ${checked.violations.map(formatViolation).join('; ')}`)
  return checked.value
}
