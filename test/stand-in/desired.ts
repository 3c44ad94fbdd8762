import { isRecord } from '../cluster/api-error.ts'
import { describe, refOf, type KubeObject } from '../cluster/kube-object.ts'
import { isEmptySelector, selects, type LabelSelector } from './label-selector.ts'
import { mapOf, type ObjectMap } from './object-map.ts'

export const uidLabel = 'controller-uid'

/** Returns the selector of a parent's children. Throws for a parent that needs its own and has none. */
export function selectorOf (parent: KubeObject, generateSelector: boolean): LabelSelector {
  if (generateSelector) return { matchLabels: { [uidLabel]: parent.metadata.uid ?? '' } }
  const spec = isRecord(parent.spec) ? parent.spec : {}
  // The CRD of such a parent declares spec.selector as a label selector.
  const selector = (isRecord(spec.selector) ? spec.selector : {}) as LabelSelector
  if (isEmptySelector(selector)) throw new Error('spec.selector is empty')
  return selector
}

/**
 * Completes the children of a response: with the namespace of a namespaced parent where they have none, and with its
 * label. Throws where the parent does not select a child: then nothing is written, not even the status.
 */
export function desiredChildren (parent: KubeObject, children: KubeObject[], generateSelector: boolean): ObjectMap {
  const selector = selectorOf(parent, generateSelector)
  const desired = children.map(child => {
    const placed = withNamespace(child, parent.metadata.namespace)
    return generateSelector ? withUidLabel(placed, parent.metadata.uid ?? '') : placed
  })
  for (const child of desired) {
    if (selects(selector, labelsOf(child))) continue
    throw new Error(`the labels of ${describe(refOf(child))} do not match the selector of its parent`)
  }
  return mapOf(desired)
}

function withNamespace (child: KubeObject, namespace: string | undefined): KubeObject {
  const { namespace: own, ...metadata } = child.metadata
  if (own !== undefined && own !== '') return child
  return { ...child, metadata: { ...metadata, ...(namespace !== undefined && namespace !== '' && { namespace }) } }
}

function withUidLabel (child: KubeObject, uid: string): KubeObject {
  const labels = { [uidLabel]: uid, ...labelsOf(child) }
  return { ...child, metadata: { ...child.metadata, labels } }
}

function labelsOf (child: KubeObject): Record<string, string> {
  const labels: unknown = child.metadata.labels ?? {}
  if (isRecord(labels) && Object.values(labels)
    .every(value => typeof value === 'string')) return child.metadata.labels ?? {}
  throw new Error(`the labels of ${describe(refOf(child))} are not strings`)
}
