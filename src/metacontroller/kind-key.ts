/** How Metacontroller names a kind in its requests: `Role.rbac.authorization.k8s.io/v1`, `Namespace.v1`. */
export function kindKey ({ apiVersion, kind }: { apiVersion: string, kind: string }): string {
  return `${kind}.${apiVersion}`
}
