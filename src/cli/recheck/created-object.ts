import { fieldsAt, isFields, listAt, type Fields } from '../../kubernetes/json.ts'
import type { ObservedObject } from '../../kubernetes/object.ts'

/**
 * An object as its author would create it again: without what the API server, the scheduler and controllers of Kubernetes have set
 * since. Its name is in use, so the API server stores it in no case.
 */
export function createdObject ({ apiVersion, kind, metadata, status: _, ...content }: ObservedObject): Fields {
  const { name, namespace, labels, annotations, managedFields = [] } = metadata
  const isDefaultPriority = managedFields.length > 0 && !managedFields.some(({ subresource, fieldsV1 = {} }) =>
    subresource === undefined && 'f:priorityClassName' in fieldsAt(fieldsV1, 'f:spec'))
  const without = (spec: Fields, names: string[]) => Object.fromEntries(Object.entries(spec).filter(([field]) => !names.includes(field)))
  const specs: Record<string, (spec: Fields) => Fields> = {
    Pod: spec => ({
      ...without(spec, ['nodeName', 'ephemeralContainers', 'tolerations', 'priority', ...(isDefaultPriority ? ['priorityClassName'] : [])]),
      tolerations: tolerationsOf(spec, metadata)
    }),
    PersistentVolumeClaim: spec => without(spec, annotations?.['pv.kubernetes.io/bound-by-controller'] === 'yes' ? ['volumeName'] : []),
    // An address or a port in use would be refused before the rest is checked.
    Service: spec => ({ ...without(spec, ['clusterIP', 'clusterIPs', 'healthCheckNodePort']), ...portsOf(spec) })
  }
  const spec = specs[kind]?.(fieldsAt(content, 'spec'))
  return { apiVersion, kind, metadata: { name, namespace, labels, annotations }, ...content, ...(spec !== undefined && { spec }) }
}

/** The DaemonSet controller adds its own, which only it may. */
function tolerationsOf (spec: Fields, { ownerReferences = [] }: ObservedObject['metadata']): unknown[] {
  const all = listAt(spec, 'tolerations')
  if (!ownerReferences.some(({ kind, controller }) => kind === 'DaemonSet' && controller === true)) return all
  return all.filter(({ key }) => !String(key).startsWith('node.kubernetes.io/'))
}

function portsOf ({ ports, clusterIP }: Fields): Fields {
  if (!Array.isArray(ports)) return {}
  return {
    ports: ports.filter(isFields).map(({ nodePort: _, ...port }) => port),
    ...(clusterIP === 'None' && { clusterIP })
  }
}
