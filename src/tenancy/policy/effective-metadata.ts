import type { NamespaceOverrides } from '../../api/namespace-overrides.ts'
import type { NamespaceMetadata, TenantClass } from '../../api/tenant-class.ts'
import { overrideNotAllowed } from './override-refusal.ts'
import type { FieldProblem } from './problem.ts'

const fields = ['labels', 'annotations'] as const
type Own = Pick<NamespaceOverrides, typeof fields[number]>

/** Adds the labels and annotations of the Tenant to those of its class. Requires them without {@link metadataProblems}. */
export function effectiveMetadata (own: Own, { spec: { namespaceMetadata = {} } }: TenantClass): NamespaceMetadata {
  const added = fields.filter(field => own[field] !== undefined)
  return { ...namespaceMetadata, ...Object.fromEntries(added.map(field => [field, { ...namespaceMetadata[field], ...own[field] }])) }
}

/** Lists labels and annotations that the class does not allow, or sets itself. */
export function metadataProblems (own: Own, tenantClass: TenantClass): FieldProblem[] {
  return fields.flatMap(field => Object.keys(own[field] ?? {}).flatMap(key => keyProblems(field, key, tenantClass)))
}

function keyProblems (field: keyof Own, key: string, { metadata: { name }, spec }: TenantClass): FieldProblem[] {
  const path = ['spec', field, key]
  const prefixes = spec.overrides?.[field]?.prefixes ?? []
  const bound = `spec.overrides.${field}.prefixes`
  if (!prefixes.includes(prefixOf(key))) {
    const listed = prefixes.length === 0 ? 'none' : prefixes.join(', ')
    return [overrideNotAllowed(path, `cannot be set under TenantClass ${name}: ${bound} lists ${listed}`, bound)]
  }
  if (!Object.hasOwn(spec.namespaceMetadata?.[field] ?? {}, key)) return []
  const fixed = `spec.namespaceMetadata.${field}`
  return [overrideNotAllowed(path, `is set by TenantClass ${name} in ${fixed}`, fixed)]
}

/** With its slash; empty for a key without a prefix. */
const prefixOf = (key: string): string => key.slice(0, key.indexOf('/') + 1)
