import { roleOfBinding, subjectsOfBinding } from '../kubernetes/binding-subjects.ts'
import { compareText } from '../kubernetes/compare-text.ts'
import type { KubernetesObject } from '../kubernetes/object.ts'

/** A subject with a role in the namespace. */
export interface BoundSubject {
  /** `User ada@acme.example`, `ServiceAccount ci/deployer`. */
  subject: string
  /** `Role/tenant-admin`, `ClusterRole/edit`. */
  role: string
}

export interface AccessChanges {
  gained: BoundSubject[]
  lost: BoundSubject[]
  /** Subjects keep these roles, and the rules of the roles change. */
  changedRules: BoundSubject[]
}

/** Compares access before and after by all RoleBindings, managed or not. */
export function accessChanges (
  before: readonly KubernetesObject[], after: readonly KubernetesObject[], changedRoles: ReadonlySet<string>
): AccessChanges {
  const [had, have] = [boundIn(before), boundIn(after)]
  const without = (bound: Map<string, BoundSubject>, others: Map<string, BoundSubject>) =>
    [...bound].filter(([key]) => !others.has(key)).map(([, one]) => one)
  return {
    gained: without(have, had),
    lost: without(had, have),
    changedRules: [...have].filter(([key, { role }]) => had.has(key) && changedRoles.has(role)).map(([, one]) => one)
  }
}

/** Lists who has which role by RoleBindings, each once, by a key of both. */
export function boundIn (objects: readonly KubernetesObject[]): Map<string, BoundSubject> {
  const bound = objects.filter(({ kind }) => kind === 'RoleBinding').flatMap(binding => {
    const { kind, name } = roleOfBinding(binding)
    return subjectsOfBinding(binding).map(subject => ({ subject, role: `${kind}/${name}` }))
  })
  const sorted = bound.map(one => [`${one.role} ${one.subject}`, one] as const).sort(([a], [b]) => compareText(a, b))
  return new Map(sorted)
}
