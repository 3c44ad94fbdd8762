import { readFileSync } from 'node:fs'
import { Value } from '@sinclair/typebox/value'
import { parse } from 'yaml'
import type { Subject } from '../../src/api/subject.ts'
import { Tenant, type TenantSpec } from '../../src/api/tenant.ts'
import { TenantClass } from '../../src/api/tenant-class.ts'
import type { TenantNamespace, TenantNamespaceSpec } from '../../src/api/tenant-namespace.ts'

type Change = (spec: TenantClass['spec']) => void

/** A shipped class, with the defaults that the API server sets. */
function shippedClass (name: string): (change?: Change) => TenantClass {
  const file = new URL(`../../examples/classes/${name}.yaml`, import.meta.url)
  const shipped = Value.Default(TenantClass, parse(readFileSync(file, 'utf8'))) as TenantClass
  return (change = () => {}) => {
    const tenantClass = structuredClone(shipped)
    change(tenantClass.spec)
    return tenantClass
  }
}

/** The class of every new installation. */
export const defaultClass = shippedClass('default')
/** The class with self-service. */
export const standardClass = shippedClass('standard')

export function tenant (spec: Partial<TenantSpec> = {}, name = 'acme'): Tenant {
  return Value.Default(Tenant, {
    apiVersion: 'k8s-mtp.dev/v1',
    kind: 'Tenant',
    metadata: { name },
    spec: { name: 'shop', ...spec }
  }) as Tenant
}

/** A TenantNamespace that its Tenant owns. */
export function tenantNamespace (spec: Partial<TenantNamespaceSpec> = {}, name = 'acme.dev') {
  return {
    apiVersion: 'k8s-mtp.dev/v1',
    kind: 'TenantNamespace',
    metadata: { name, ownerReferences: [{ apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', name: 'acme', uid: 'uid-of-acme', controller: true }] },
    spec: { className: 'default', ...spec }
  } satisfies Pick<TenantNamespace, 'apiVersion' | 'kind' | 'spec'> & { metadata: object }
}

/** Subjects as a TenantNamespace has them. */
export function keyed (subjects: readonly Subject[]): Record<string, Subject> {
  return Object.fromEntries(subjects.map(subject => [[subject.kind, subject.namespace ?? '', subject.name].join('/'), subject]))
}
