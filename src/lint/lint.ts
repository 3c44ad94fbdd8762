import type { TenantClass } from '../api/tenant-class.ts'
import type { Tenant } from '../api/tenant.ts'
import { classAmounts, overriddenAmounts, privilegedPods, reachFindings, unusedClasses } from './class-rules.ts'
import type { Finding } from './finding.ts'
import { unknownSubjects, type KnownSubjects } from './known-subjects.ts'
import { namespacesOf } from './namespaces-of.ts'
import { classFindings, policyFindings, unknownClass } from './policy-findings.ts'
import type { Sourced } from './source.ts'
import { subjectFindings, type ClassesByName } from './subject-rules.ts'
import { oneSidedPeers, ownAccountFindings, redundantOverrides, tenantFindings } from './tenant-rules.ts'

/** Valid objects: what is invalid was reported when it was read. */
export interface LintInput {
  tenants: ReadonlyArray<Sourced<Tenant>>
  /** The classes of the user, which are checked. */
  ownClasses: ReadonlyArray<Sourced<TenantClass>>
  /** All classes that Tenants use, as far as they exist. */
  classes: ReadonlyArray<Sourced<TenantClass>>
  /** The names of all classes that exist. */
  classNames: readonly string[]
  /** Kinds of which some objects could not be read: rules that need all of them report nothing. */
  incomplete: ReadonlySet<string>
  known: KnownSubjects | undefined
  now: Date
}

/** Reports what is wrong about objects, and between them. */
export function lint ({ tenants, ownClasses, classes, classNames, incomplete, known, now }: LintInput): Finding[] {
  const byName = new Map([...classes].reverse().map(found => [found.object.metadata.name, found]))
  const ofClasses = new Map(ownClasses.map(found => [found, classFindings(found, now)]))
  const isInvalid = (found: Sourced<TenantClass>) => (ofClasses.get(found)?.length ?? 0) > 0
  const context = { byName, classNames, isInvalid, isIncomplete: incomplete.has('TenantClass'), now }
  return [
    ...[...ofClasses.values()].flat(),
    ...ownClasses.filter(found => !isInvalid(found)).flatMap(found =>
      [...classAmounts(found), ...reachFindings(found), ...privilegedPods(found)]),
    ...tenants.flatMap(tenant => [...tenantFindings(tenant), ...subjectFindings(tenant, byName, now)]),
    ...tenants.flatMap(namespacesOf).flatMap(namespace => [
      ...ownAccountFindings(namespace),
      ...(known === undefined ? [] : unknownSubjects(namespace, known)),
      ...underClass(namespace, context)
    ]),
    ...(incomplete.has('Tenant') ? [] : [...unusedClasses(ownClasses, tenants), ...oneSidedPeers(tenants)])
  ]
}

interface Context extends Pick<LintInput, 'classNames' | 'now'> {
  byName: ClassesByName
  isInvalid: (found: Sourced<TenantClass>) => boolean
  isIncomplete: boolean
}

/** A value that has an error gets no warning. */
function underClass (namespace: Sourced<Tenant>, { byName, classNames, isInvalid, isIncomplete, now }: Context): Finding[] {
  const found = byName.get(namespace.object.spec.className)
  if (found === undefined) return isIncomplete ? [] : [unknownClass(namespace, classNames)]
  if (isInvalid(found)) return []
  const errors = policyFindings(namespace, found, now)
  return errors.length > 0 ? errors : [...overriddenAmounts(namespace, found.object), ...redundantOverrides(namespace, found.object)]
}
