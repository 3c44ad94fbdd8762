import { fieldsAt, listAt, textAt, type Fields } from './json.ts'
import type { KubernetesObject } from './object.ts'

/** `User ada@acme.example`, `ServiceAccount ci/deployer`. */
export function subjectName ({ kind, name, namespace }: { kind: string, name: string, namespace?: string }): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`
}

/** The names of the subjects of a RoleBinding or ClusterRoleBinding. */
export function subjectsOfBinding (binding: KubernetesObject): string[] {
  return listAt({ ...binding }, 'subjects').map(nameOf)
}

function nameOf (subject: Fields): string {
  const namespace = textAt(subject, 'namespace')
  return subjectName({ kind: textAt(subject, 'kind'), name: textAt(subject, 'name'), ...(namespace !== '' && { namespace }) })
}

/** The Role or ClusterRole of a binding. */
export function roleOfBinding (binding: KubernetesObject): { kind: string, name: string } {
  const ref = fieldsAt(binding, 'roleRef')
  return { kind: textAt(ref, 'kind'), name: textAt(ref, 'name') }
}
