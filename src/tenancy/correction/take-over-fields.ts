import { fieldsAt, isFields, type Fields } from '../../kubernetes/json.ts'

/**
 * server-side-apply: returns the desired fields, and each unmanaged field of another owner with another value. The
 * forced apply makes the engine its only owner. In the next sync the field has no other owner, so it is left out here,
 * and the API server removes it. With its observed value it would be shared, and stay.
 */
export function takeOverFields (desired: Fields, observed: Fields, others: Fields): Fields {
  const taken = Object.entries(observed).flatMap(([field, present]) => {
    const wanted = desired[field]
    const step = `f:${field}`
    if (Object.hasOwn(desired, field)) {
      return isFields(wanted) && isFields(present) ? [[field, takeOverFields(wanted, present, fieldsAt(others, step))]] : []
    }
    const value = others[step] === undefined ? undefined : otherValue(field, present)
    return value === undefined ? [] : [[field, value]]
  })
  return { ...desired, ...Object.fromEntries(taken) as Fields }
}

/** Values that grant and open nothing, for the moment between taking a list over and removing it. */
const emptyLists: Record<string, (variant: number) => unknown[]> = {
  subjects: variant => [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: `k8s-mtp:nobody-${variant}` }],
  ingress: variant => [{ from: [{ ipBlock: { cidr: `255.255.255.${variant}/32` } }] }],
  egress: variant => [{ to: [{ ipBlock: { cidr: `255.255.255.${variant}/32` } }] }],
  matchExpressions: variant => [{ key: `k8s-mtp.dev/none-${variant}`, operator: 'DoesNotExist' }]
}

/** A value that the API server accepts and that differs from the observed one; undefined where none is known. */
function otherValue (field: string, present: unknown): unknown {
  if (isFields(present)) return otherMap(field, present)
  if (typeof present === 'boolean') return !present
  const emptyList = emptyLists[field]
  const candidates = emptyList === undefined ? otherTexts[field] ?? ['0', '1'] : [emptyList(0), emptyList(1)]
  return candidates.find(candidate => JSON.stringify(candidate) !== JSON.stringify(present))
}

const otherTexts: Record<string, string[]> = { deletionPolicy: ['Delete', 'Retain'] }

/** The subjects of a TenantNamespace are no list: their keys have to match. */
function otherMap (field: string, present: Fields): Fields {
  if (field === 'subjects') return {}
  return Object.fromEntries(Object.entries(present).map(([name, below]) => [name, otherValue(name, below)]))
}
