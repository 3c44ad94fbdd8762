import { isRecord } from '../../cluster/api-error.ts'
import type { Write } from '../write.ts'
import { lastAppliedAnnotation } from '../last-applied.ts'
import type { RecordedWrite } from './recording.ts'

/** A write in a form that both recordings and the stand-in can be converted to. */
export interface ComparableWrite { request: string, name: string, resource: string, query: string, body: unknown }

export function fromStandIn (write: Write): ComparableWrite {
  const resource = [write.resource.plural, write.subresource].filter(part => part !== undefined).join('/')
  const { verb, name, namespace = '', resource: { group } } = write
  return comparable({
    verb,
    resource,
    group,
    namespace,
    name,
    query: new URLSearchParams(write.query).toString(),
    body: write.body
  })
}

export function fromRecording ({ verb, resource, group, namespace, name, query, body }: RecordedWrite): ComparableWrite {
  // The audit log gives a patched Namespace the namespace of its own name.
  return comparable({
    verb,
    resource,
    group,
    namespace: resource === 'namespaces' ? '' : namespace ?? '',
    name,
    query,
    body
  })
}

type Parts = Omit<RecordedWrite, 'code' | 'namespace'> & { namespace: string }

function comparable ({ verb, resource, group, namespace, name, query, body }: Parts): ComparableWrite {
  return {
    request: `${verb} ${resource}${group === '' ? '' : `.${group}`} ${namespace === '' ? '' : `${namespace}/`}${name}`,
    name: `${namespace}/${name}`,
    resource,
    query,
    body: verb === 'patch' ? body : withoutServerFields(resource, body)
  }
}

/**
 * The audit log has the body of a create, an update or a delete as the API server decoded it, with defaults; that of a
 * patch as it was sent. This removes the defaults, and managedFields and resourceVersion, which a recording does not
 * contain where the engine reads the object before it writes it.
 */
function withoutServerFields (resource: string, body: unknown): unknown {
  if (!isRecord(body)) return body
  const { apiVersion, kind, ...rest } = body
  if (kind === 'DeleteOptions' || kind === undefined) return rest
  const { status, spec, ...fields } = rest
  return {
    apiVersion,
    kind,
    ...fields,
    metadata: metadataOf(resource, body.metadata),
    ...(spec !== undefined && !isEmpty(spec) && { spec }),
    // The engine does not write the status of children; the API server adds it.
    ...(resource.endsWith('/status') && { status })
  }
}

function metadataOf (resource: string, value: unknown): unknown {
  if (!isRecord(value)) return value
  const { managedFields, resourceVersion, labels, annotations, ownerReferences, ...metadata } = value
  const { 'kubernetes.io/metadata.name': own, ...namespaceLabels } = isRecord(labels) ? labels : {}
  return {
    ...metadata,
    labels: resource === 'namespaces' ? namespaceLabels : labels,
    annotations: isRecord(annotations) ? withParsed(annotations) : annotations,
    ...(!isEmpty(ownerReferences) && { ownerReferences })
  }
}

/** Compares the annotation as text too, as the engine does. */
function withParsed (annotations: Record<string, unknown>): unknown {
  const text = annotations[lastAppliedAnnotation]
  return typeof text === 'string' ? { ...annotations, parsed: JSON.parse(text) as unknown } : annotations
}

function isEmpty (value: unknown): boolean {
  return value === undefined || Object.keys(Object(value)).length === 0
}

/** Sorts writes within each kind: the engine applies the kinds in order, and the children of a kind in random order. */
export function inOrder (writes: ComparableWrite[]): Omit<ComparableWrite, 'name' | 'resource'>[] {
  const runs: ComparableWrite[][] = []
  for (const write of writes) {
    const last = runs.at(-1)
    if (last?.[0]?.resource === write.resource) last.push(write)
    else runs.push([write])
  }
  return runs
    .flatMap(run => run.toSorted((left, right) => left.name.localeCompare(right.name)))
    .map(({ request, query, body }) => ({ request, query, body }))
}
