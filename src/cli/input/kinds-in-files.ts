import { Value } from '@sinclair/typebox/value'
import type { TObject } from '@sinclair/typebox'
import { checker, formatViolation, type Checked, type Violation } from '../../api/validation/checker.ts'
import { apiVersion, group } from '../../api/group.ts'
import { Tenant } from '../../api/tenant.ts'
import { TenantClass } from '../../api/tenant-class.ts'
import { unknownFields } from '../../api/validation/unknown-fields.ts'
import type { SourceDocument } from './manifest-files.ts'

export interface Found<T> { object: T, source: SourceDocument }

export interface Kinds {
  tenants: Array<Found<Tenant>>
  classes: Array<Found<TenantClass>>
  /** `file:line: message`, for what the API server would refuse. */
  findings: string[]
  /** `file:line: message`, for what is not looked at. */
  others: string[]
}

const checkTenant = checker(Tenant)
const checkClass = checker(TenantClass)

/** The Tenants and TenantClasses among the documents, with defaults as the API server applies them. Other kinds are passed over, but for those that could hold Tenants. */
export function kindsIn (documents: SourceDocument[]): Kinds {
  const kinds: Kinds = { tenants: [], classes: [], findings: [], others: [] }
  for (const source of documents) {
    const kind = kindOf(source)
    if (kind === 'Tenant') collect(source, Tenant, checkTenant, kinds.tenants, kinds.findings)
    if (kind === 'TenantClass') collect(source, TenantClass, checkClass, kinds.classes, kinds.findings)
    if (kind === 'list') kinds.findings.push(at(source, { path: ['items'], message: 'is applied by kubectl and GitOps tools item by item, whatever the kind, and not looked into here: write each item as a document of its own' }))
    if (kind === 'other') kinds.others.push(passedOver(source))
    if (kind === 'unknown') kinds.findings.push(at(source, { path: ['kind'], message: `of ${group} people write the kinds Tenant and TenantClass, in ${apiVersion}` }))
  }
  return kinds
}

function kindOf ({ value }: SourceDocument): 'Tenant' | 'TenantClass' | 'list' | 'unknown' | 'other' {
  const { apiVersion: given, kind, items } = fieldsOf(value)
  // What makes a list to them is this field alone. Source: IsList of Unstructured in k8s.io/apimachinery
  if (Array.isArray(items)) return 'list'
  if (typeof given !== 'string' || !given.startsWith(`${group}/`)) return 'other'
  return given === apiVersion && (kind === 'Tenant' || kind === 'TenantClass') ? kind : 'unknown'
}

export function passedOver (source: SourceDocument): string {
  const { apiVersion: given, kind } = fieldsOf(source.value)
  const name = typeof given === 'string' && typeof kind === 'string' ? `${kind} of ${given}` : 'a document without apiVersion and kind'
  // It is printed as a line, whatever somebody has written there.
  return at(source, { path: ['kind'], message: `${/^[\w./ -]+$/.test(name) ? name : JSON.stringify(name)} is passed over` })
}

function fieldsOf (value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? value as Record<string, unknown> : {}
}

// eslint-disable-next-line max-params -- the two lists are where the findings of one document go
function collect<T> (source: SourceDocument, schema: TObject, check: (value: unknown) => Checked<T>, found: Array<Found<T>>, findings: string[]): void {
  const unknown = unknownFields(schema, source.value)
  const checked = check(Value.Default(schema, structuredClone(source.value)))
  if (checked.ok) found.push({ object: checked.value, source })
  const violations = checked.ok ? unknown : [...unknown, ...checked.violations]
  findings.push(...violations.map(violation => at(source, violation)))
}

/** `file:line: path: message`, as compilers write it, so that editors and CI find the place. */
export function at (source: SourceDocument, violation: Violation): string {
  return `${source.file}:${source.lineOf(violation.path)}: ${formatViolation(violation)}`
}
