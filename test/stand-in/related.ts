import type { KubeObject } from '../cluster/kube-object.ts'
import { selects } from './label-selector.ts'
import type { HookVersion, RelatedRule } from './wire.ts'

export interface RuleContext {
  version: HookVersion
  parent: KubeObject
  /** The labels of a namespace; undefined where it does not exist. */
  namespaceLabels: (namespace: string) => Record<string, string> | undefined
}

/** True where a rule of the customize hook matches an object of its resource. Throws for a contradictory rule. */
export function isRelated (rule: RelatedRule, object: KubeObject, context: RuleContext): boolean {
  const { namespace = '', names = [], labelSelector, namespaceSelector } = rule
  if (names.length > 0 && (labelSelector !== undefined || namespaceSelector !== undefined)) {
    throw new Error('a related rule has names and a selector')
  }
  if (namespace !== '' && namespaceSelector !== undefined) throw new Error('a related rule has a namespace and a selector of namespaces')

  const { metadata } = object
  if (namespaceSelector !== undefined) {
    if (metadata.namespace === undefined) throw new Error('a related rule selects the namespace of a cluster-scoped object')
    const labels = context.namespaceLabels(metadata.namespace)
    if (labels === undefined || !selects(namespaceSelector, labels)) return false
  }
  return selects(labelSelector, metadata.labels) &&
    (namespace === '' || metadata.namespace === undefined || metadata.namespace === namespace) &&
    (names.length === 0 || names.includes(metadata.name)) &&
    isInReach(metadata.namespace, context)
}

/** In version 1 a namespaced parent sees only its own namespace. */
function isInReach (namespace: string | undefined, { version, parent }: RuleContext): boolean {
  return version === 'v2' || parent.metadata.namespace === undefined || namespace === undefined || namespace === parent.metadata.namespace
}
