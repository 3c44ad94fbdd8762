import { readFileSync } from 'node:fs'
import { Value } from '@sinclair/typebox/value'
import { parse } from 'yaml'
import { Tenant, type TenantSpec } from '../../src/api/tenant.ts'
import { TenantClass } from '../../src/api/tenant-class.ts'

const shipped = new URL('../../examples/classes/default.yaml', import.meta.url)

/** The class that every installation begins with, with defaults as the API server fills them. */
export function defaultClass (change: (spec: TenantClass['spec']) => void = () => {}): TenantClass {
  const tenantClass = Value.Default(TenantClass, parse(readFileSync(shipped, 'utf8'))) as TenantClass
  change(tenantClass.spec)
  return tenantClass
}

export function tenant (spec: Partial<TenantSpec> = {}, name = 'acme'): Tenant {
  return Value.Default(Tenant, { apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant', metadata: { name }, spec: { name: 'shop', ...spec } }) as Tenant
}
