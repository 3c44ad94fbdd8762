import { group } from '../../api/group.ts'
import { findingAt, formatFinding, type Finding } from '../../lint/finding.ts'
import { classFindings, policyFindings } from '../../lint/policy-findings.ts'
import type { SourceDocument } from '../../lint/source.ts'
import { fieldsAt, isFields, textAt } from '../../kubernetes/json.ts'
import { InputError, throwFindings } from './input-error.ts'
import { kindOf, readManifestSet, type ManifestSet } from './manifest-set.ts'

/** An object as written, without defaults: server-side apply sends declared fields only. */
export interface WrittenObject { apiVersion: string, kind: string, metadata: { name: string } }

/**
 * Reads the objects to apply: CustomResourceDefinitions first, then TenantClasses, to which Tenants refer.
 * @throws InputError with one line per finding, so that input with any error is not applied at all
 */
export async function readApplyInput (paths: readonly string[]): Promise<WrittenObject[]> {
  const input = await readManifestSet(paths)
  throwFindings([...input.findings, ...unsupportedKinds(input), ...policiesIn(input)].map(formatFinding))
  const objects = [...input.classes, ...input.tenants].map(({ source }) => source)
  const found = [...input.others, ...objects]
  if (found.length === 0) {
    throw new InputError(`${paths.join(', ')}: no Tenant, TenantClass or CustomResourceDefinition found. Name a file or folder with one.`)
  }
  // Validated by readManifestSet, which adds the defaults to a copy, or by the API server.
  return found.map(({ value }) => value as WrittenObject)
}

/** Those whose definitions the chart installs. */
const definedGroups: string[] = [group, 'metacontroller.k8s.io']

function isOurDefinition ({ value }: SourceDocument): boolean {
  return isFields(value) && value['apiVersion'] === 'apiextensions.k8s.io/v1' && value['kind'] === 'CustomResourceDefinition' &&
    textAt(fieldsAt(value, 'metadata'), 'name') !== '' && definedGroups.includes(textAt(fieldsAt(value, 'spec'), 'group'))
}

function unsupportedKinds ({ others }: ManifestSet): Finding[] {
  return others.filter(source => !isOurDefinition(source)).map(source => {
    const message = `${kindOf(source)} cannot be applied by k8s-mtp, only Tenants and TenantClasses of ${group}, and ` +
      `CustomResourceDefinitions of ${definedGroups.join(' and ')}. Apply it with kubectl.`
    return findingAt(source, 'unsupported-kind', { path: ['kind'], message })
  })
}

/** Checks classes against a Tenant without overrides, and Tenants whose class is in the input too. */
function policiesIn ({ classes, tenants }: ManifestSet): Finding[] {
  const now = new Date()
  const ofTenants = tenants.flatMap(tenant => {
    const found = classes.find(({ object }) => object.metadata.name === tenant.object.spec.className)
    return found === undefined ? [] : policyFindings(tenant, found, now)
  })
  return [...classes.flatMap(found => classFindings(found, now)), ...ofTenants]
}
