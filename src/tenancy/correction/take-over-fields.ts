import { fieldsAt, isFields, type Fields } from '../../kubernetes/json.ts'

/**
 * server-side-apply: the declared fields, and each foreign field that somebody else owns, with another value. Being forced, that
 * makes the engine its only owner; when it is, the field is left out here, and so removed. Returned with the value that it
 * has, it would be shared and stay.
 */
export function withForeignTaken (declared: Fields, observed: Fields, others: Fields): Fields {
  const taken = Object.entries(observed).flatMap(([field, present]) => {
    const wanted = declared[field]
    const owners = others[`f:${field}`]
    if (Object.hasOwn(declared, field)) {
      return isFields(wanted) && isFields(present) ? [[field, withForeignTaken(wanted, present, fieldsAt(others, `f:${field}`))]] : []
    }
    const value = owners === undefined ? undefined : otherValue(field, present)
    return value === undefined ? [] : [[field, value]]
  })
  return { ...declared, ...Object.fromEntries(taken) as Fields }
}

/** Nobody and nothing: what stands in a foreign list for the moment between taking and removing it must open nothing. */
const closedLists: Record<string, (variant: number) => unknown[]> = {
  subjects: variant => [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: `k8s-mtp:nobody-${variant}` }],
  ingress: variant => [{ from: [{ ipBlock: { cidr: `255.255.255.${variant}/32` } }] }],
  egress: variant => [{ to: [{ ipBlock: { cidr: `255.255.255.${variant}/32` } }] }],
  matchExpressions: variant => [{ key: `k8s-mtp.dev/none-${variant}`, operator: 'DoesNotExist' }]
}

/** A value that the API server takes in place of the observed one, and that is not the observed one; undefined where none is known. */
function otherValue (field: string, present: unknown): unknown {
  if (isFields(present)) {
    return Object.fromEntries(Object.entries(present).map(([name, below]) => [name, otherValue(name, below)]))
  }
  const closed = closedLists[field]
  const candidates = closed === undefined ? ['0', '1'] : [closed(0), closed(1)]
  return candidates.find(candidate => JSON.stringify(candidate) !== JSON.stringify(present))
}
