import { isRecord } from '../cluster/api-error.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { declaredPart } from '../support/declared-part.ts'
import { otherValue, additions } from './drift-values.ts'

type Path = ReadonlyArray<string | number>
export type Damage = 'add' | 'change' | 'remove' | 'delete'

/** A change of one object. */
export interface Row {
  kind: string
  name: string
  field: string
  damage: Damage
  /** A JSON merge patch; none for a deletion. */
  patch?: object
  /** Metacontroller corrects it without the hook, or no managed field changes. */
  unreported?: true
}

const corrected = 'k8s-mtp.dev/corrected'
const lastApplied = 'metacontroller.k8s.io/last-applied-configuration'

/**
 * Lists the changes of an object: each declared field changed and removed, each map and list extended, and the object
 * deleted. Lists are atomic, so the first item represents all; dynamic-apply merges subjects, so all positions are damaged.
 */
export function rowsOf (object: KubeObject, strategy: string): Row[] {
  const of = { kind: object.kind, name: object.kind === 'Namespace' ? '' : object.metadata.name }
  const { apiVersion, kind, metadata, ...content } = declaredPart(object) as KubeObject
  const { name, namespace, ...maps } = metadata
  const fields = { ...content, metadata: maps }
  return [
    ...damagesTo(fields, fields, []).map(row => ({ ...of, ...row })),
    ...additions(object).map(
      ({ path, value }) => ({ ...of, field: written(path), damage: 'add' as const, patch: patchAt(fields, path, value) })
    ),
    ...metadataChanges(strategy, kind).map(row => ({ ...of, ...row })),
    // The deletion of a namespace also deletes data; namespaces.test.ts covers it.
    ...(kind === 'Namespace' ? [] : [{ ...of, field: '', damage: 'delete' as const }])
  ]
}

type Change = Omit<Row, 'kind' | 'name'>

function damagesTo (root: object, value: unknown, path: Path): Change[] {
  const row = (damage: Damage, changed: unknown): Change => ({ field: written(path), damage, patch: patchAt(root, path, changed) })
  if (isRecord(value)) {
    return Object.entries(value).flatMap(([field, below]) => damagesTo(root, below, [...path, field])).concat(
      path.length > 1 && path[0] !== 'metadata' && typeof path.at(-1) === 'string' && Object.keys(value).length > 0
        ? [row('remove', null)]
        : []
    )
  }
  if (Array.isArray(value) && value.every(isRecord)) {
    const positions = [...value.keys()].slice(0, path[0] === 'subjects' ? undefined : 1)
    return [
      ...positions.flatMap(index => damagesTo(root, value[index], [...path, index])),
      ...(value.length > 1
        ? positions.map(index => ({ ...row('remove', value.toSpliced(index, 1)), field: `${written(path)}[${index}]` }))
        : []),
      row('remove', null)
    ]
  }
  return [row('change', otherValue(root, path, value)), row('remove', null)]
}

/** Changes of metadata that k8s-mtp and Metacontroller use internally. */
function metadataChanges (strategy: string, kind: string): Change[] {
  const annotation = (key: string, value: string | null) => ({ metadata: { annotations: { [key]: value } } })
  return [
    // A guardrail keeps the engine from adding the owner of a namespace: garbage-collection.test.ts.
    ...(kind === 'Namespace'
      ? []
      : [{
          field: 'metadata.ownerReferences',
          damage: 'remove' as const,
          patch: { metadata: { ownerReferences: null } },
          unreported: true as const
        }]),
    { field: `metadata.annotations.${corrected}`, damage: 'change', patch: annotation(corrected, 'long ago, nothing') },
    ...(strategy === 'dynamic-apply'
      ? [{
          field: `metadata.annotations.${lastApplied}`,
          damage: 'remove' as const,
          patch: annotation(lastApplied, null),
          unreported: true as const
        }]
      : [])
  ]
}

/** A merge patch replaces lists as a whole. */
function patchAt (root: object, path: Path, value: unknown): object {
  const list = path.findIndex(step => typeof step === 'number')
  const outer = list < 0 ? path : path.slice(0, list)
  return nested(outer, list < 0 ? value : changedAt(at(root, outer), path.slice(list), value))
}

function nested (path: Path, value: unknown): object {
  return path.reduceRight<unknown>((below, step) => ({ [step]: below }), value) as object // a path is never empty
}

function changedAt (value: unknown, [step, ...rest]: Path, changed: unknown): unknown {
  if (step === undefined) return changed
  if (Array.isArray(value)) {
    return value.map(
      (item: unknown, index) => index === step ? changedAt(item, rest, changed) : item
    ).concat(step === value.length ? [changed] : [])
  }
  const fields = isRecord(value) ? value : {}
  const below = changedAt(fields[step], rest, changed)
  return below === null ? Object.fromEntries(Object.entries(fields).filter(([field]) => field !== step)) : { ...fields, [step]: below }
}

export function at (root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], root)
}

function written (path: Path): string {
  return path.map((step, index) => typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`).join('')
}
