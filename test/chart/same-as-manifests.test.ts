import { describe as suite, beforeAll, expect, it } from 'vitest'
import { mergedRules } from '../../src/rbac/merge-rules.ts'
import type { RoleRule } from '../../src/api/role-rule.ts'
import { describe, type KubeObject } from '../cluster/kube-object.ts'
import { parseManifests, readManifests } from '../cluster/manifests.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { only, render } from './render.ts'

let chart: KubeObject[]
beforeAll(async () => { chart = await render() })

suite.each([
  ['crds', ['CustomResourceDefinition']],
  ['guardrails', ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']],
  ['rbac', ['ClusterRole', 'Role', 'RoleBinding']],
  ['metacontroller/composite-controller.yaml', ['CompositeController']]
])('with the default values the chart brings what is in %s', (path, kinds) => {
  const expected = readManifests(repositoryPath(path)).map(withoutAdditions)

  it('all of it', () => {
    const brought = chart.map(withoutAdditions)
    for (const object of expected) expect(brought.find(({ kind, metadata: { name } }) => kind === object.kind && name === object.metadata.name), describe({ ...object.metadata, kind: object.kind })).toEqual(object)
  })

  it('and nothing else of these kinds', () => {
    const brought = chart.filter(({ kind, metadata }) => kinds.includes(kind) && metadata.annotations?.['helm.sh/hook'] === undefined)
    expect(brought.map(nameOf).sort()).toEqual(expected.filter(({ kind }) => kinds.includes(kind)).map(nameOf).sort())
  })
})

it('with the default values the chart brings the class of examples/classes', () => {
  const { data } = only(chart, 'ConfigMap', 'k8s-mtp-classes') as KubeObject & { data: Record<string, string> }
  const classes = Object.entries(data).flatMap(([file, text]) => parseManifests(text, file))
  expect(classes).toEqual(readManifests(repositoryPath('examples/classes')))
})

/** The chart adds labels and the annotation to keep it; the rules of roles may stand in another order, and be split differently. */
function withoutAdditions ({ metadata: { labels = {}, annotations = {}, ...metadata }, rules, ...object }: KubeObject): KubeObject {
  const added = ['helm.sh/chart', 'helm.sh/resource-policy', 'app.kubernetes.io/instance', 'app.kubernetes.io/managed-by', 'app.kubernetes.io/part-of', 'app.kubernetes.io/version']
  const own = (map: Record<string, string>) => Object.fromEntries(Object.entries(map).filter(([key]) => !added.includes(key)))
  return {
    ...object,
    metadata: { ...metadata, labels: own(labels), annotations: own(annotations) },
    ...(rules !== undefined && { rules: mergedRules(rules as RoleRule[]) }) // of a ClusterRole or Role
  }
}

function nameOf ({ kind, metadata: { namespace = '', name } }: KubeObject): string {
  return `${kind} ${namespace}/${name}`
}
