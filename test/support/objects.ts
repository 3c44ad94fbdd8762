import { readFileSync } from 'node:fs'
import { Value } from '@sinclair/typebox/value'
import { parse } from 'yaml'
import { Tenant, type TenantSpec } from '../../src/api/tenant.ts'
import { TenantClass } from '../../src/api/tenant-class.ts'

const file = new URL('../../examples/classes/default.yaml', import.meta.url)
const shipped = Value.Default(TenantClass, parse(readFileSync(file, 'utf8'))) as TenantClass

/** The class of every new installation, with the defaults that the API server sets. */
export function defaultClass (change: (spec: TenantClass['spec']) => void = () => {}): TenantClass {
  const tenantClass = structuredClone(shipped)
  change(tenantClass.spec)
  return tenantClass
}

export function tenant (spec: Partial<TenantSpec> = {}, name = 'acme'): Tenant {
  return Value.Default(Tenant, {
    apiVersion: 'k8s-mtp.dev/v1',
    kind: 'Tenant',
    metadata: { name },
    spec: { name: 'shop', ...spec }
  }) as Tenant
}
