import { describe as suite, beforeAll, expect, it } from 'vitest'
import { mergedRules } from '../../src/kubernetes/role-rules.ts'
import type { RoleRule } from '../../src/api/role-rule.ts'
import { describe, type KubeObject } from '../cluster/kube-object.ts'
import { parseManifests, readManifests } from '../cluster/manifests.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { only, render } from './render.ts'

const shippedClasses = ['default', 'large', 'sandbox', 'small', 'standard']

let chart: KubeObject[]
const allClasses = ['--values', 'chart/ci/class-presets-values.yaml']
/**
 * Of the first version with defaults of pods. The manifests have the permissions that all shipped classes grant, and are for a Metacontroller
 * of its own chart.
 */
beforeAll(async () => { chart = await render(['--kube-version', '1.36.0', '--set', 'metacontroller.install=false', ...allClasses]) })

suite.each([
  ['crds', ['CustomResourceDefinition']],
  ['guardrails', ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']],
  ['defaults', ['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding']],
  ['rbac', ['ClusterRole', 'Role', 'RoleBinding']],
  ['metacontroller/composite-controller.yaml', ['CompositeController']]
])('with all shipped classes, the chart equals %s', (path, kinds) => {
  const expected = readManifests(repositoryPath(path)).map(withoutAdditions)

  it('installs all of its objects', () => {
    const installed = chart.map(withoutAdditions)
    for (const object of expected) {
      expect(
        installed.find(({ kind, metadata: { name } }) => kind === object.kind && name === object.metadata.name),
        describe({ ...object.metadata, kind: object.kind })
      ).toEqual(object)
    }
  })

  it('installs no other objects of these kinds', () => {
    const installed = chart.filter(({ kind, metadata }) => kinds.includes(kind) && metadata.annotations?.['helm.sh/hook'] === undefined)
    expect(installed.map(nameOf).sort()).toEqual(expected.filter(({ kind }) => kinds.includes(kind)).map(nameOf).sort())
  })
})

it.each<[string, string[], string[]]>([
  ['by default, the class default', [], ['default']],
  ['with classPresets, all shipped classes', allClasses, shippedClasses]
])('the chart installs %s', async (_, args, names) => {
  const { data } = only(await render(args), 'ConfigMap', 'k8s-mtp-classes') as KubeObject & { data: Record<string, string> }
  const classes = Object.entries(data).flatMap(([file, text]) => parseManifests(text, file))
  expect(classes).toEqual(names.flatMap(name => readManifests(repositoryPath(`examples/classes/${name}.yaml`))))
})

/** Removes labels and annotations that the chart adds. Normalizes rules, whose order and grouping may differ. */
function withoutAdditions ({ metadata: { labels = {}, annotations = {}, ...metadata }, rules, ...object }: KubeObject): KubeObject {
  const added = [
    'helm.sh/chart',
    'helm.sh/resource-policy',
    'app.kubernetes.io/instance',
    'app.kubernetes.io/managed-by',
    'app.kubernetes.io/part-of',
    'app.kubernetes.io/version'
  ]
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
