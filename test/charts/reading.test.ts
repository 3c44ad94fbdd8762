import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished, test } from 'vitest'
import { differences, withoutToken } from './admitted.ts'
import { findCharts } from './find-charts.ts'
import { parseObjects, podOf } from './objects.ts'
import { hasItsPods, jobOf } from './pods-of.ts'
import { chartsBeside, missingIn, reasonOf } from './render.ts'
import { hostAccess } from './scope.ts'

function folderWith (files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-charts-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n'

test('finds charts, folders of manifests, and each file of the folder itself', () => {
  const folder = folderWith({
    'one.yaml': configMap,
    'two.json': JSON.stringify({ apiVersion: 'v1' }, null, 1),
    'web/Chart.yaml': 'name: web\nversion: 1.0.0',
    'web/templates/a.yaml': configMap,
    'lib/Chart.yaml': 'name: lib\ntype: library',
    'app/a.yaml': configMap,
    'app/b.yml': configMap,
    'app/kustomization.yaml': 'apiVersion: a\nkind: Kustomization',
    'app/values.yaml': 'a: 1',
    '.git/a.yaml': configMap
  })
  expect(findCharts(folder).map(({ name, kind, files }) => [name, kind, files.length]))
    .toEqual([['one.yaml', 'manifests', 1], ['app', 'manifests', 2], ['web', 'chart', 0]])
  expect([...chartsBeside(folder).keys()].sort()).toEqual(['lib', 'web'])
})

test('a chart misses dependencies that it does not vendor', () => {
  const folder = folderWith({
    'Chart.yaml': 'name: web\ndependencies: [{name: common}, {name: redis}, {name: redis-cluster}, {name: kafka}]',
    'charts/common/Chart.yaml': 'name: common',
    'charts/redis-cluster-1.2.3.tgz': '',
    'requirements.yaml': 'dependencies: [{name: old}]'
  })
  expect(missingIn(folder)).toEqual(['redis', 'kafka', 'old'])
})

test('the reason of helm has no paths of this machine', () => {
  expect(reasonOf('level=WARN\nError: /tmp/a/web has no templates/x.yaml\n\nUse --debug flag to render out invalid YAML\n'))
    .toBe('web has no templates/x.yaml')
})

describe('objects', () => {
  it('are those of all documents and Lists', () => {
    expect(parseObjects(`${configMap}---\n---\n${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'a-' } }] })}`, 'a.yaml').map(({ kind }) => kind))
      .toEqual(['ConfigMap', 'Pod'])
  })

  it('are read as by Helm: with octal numbers, merged keys, and the last of equal keys', () => {
    const [object] = parseObjects(`${configMap}spec: {mode: 0755, text: "0755", zero: 0, decimal: 80, mode: 0644}\nmore: {<<: {a: b}}`, 'a.yaml')
    expect(object).toMatchObject({ spec: { mode: 0o644, text: '0755', zero: 0, decimal: 80 }, more: { a: 'b' } })
  })

  it.each([
    ['a: 1', 'a.yaml has a document that is no Kubernetes object'],
    ['apiVersion: v1\nkind: Pod', 'a.yaml has a Pod without a name'],
    ['a: [', 'a.yaml: ']
  ])('cannot be read from %j', (text, message) => {
    expect(() => parseObjects(text, 'a.yaml')).toThrow(message)
  })
})

const metadata = { name: 'a', namespace: 'n' }
const workload = (kind: string, spec: object, status: object = {}) => ({ apiVersion: 'v1', kind, metadata, spec, status })

test('a CronJob makes pods by a Job, with its template', () => {
  const cronJob = workload('CronJob', { jobTemplate: { metadata: { labels: { a: 'b' } }, spec: { suspend: true, template: { spec: { containers: [] } } } } })
  expect(podOf(cronJob)).toEqual({ spec: { containers: [] } })
  expect(jobOf(cronJob)).toEqual({
    apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'a-try', namespace: 'n', labels: { a: 'b' } }, spec: { suspend: false, template: { spec: { containers: [] } } }
  })
})

test.each([
  ['Deployment', { replicas: 2 }, { replicas: 1 }, false],
  ['Deployment', { replicas: 2 }, { replicas: 2 }, true],
  ['StatefulSet', { replicas: 3 }, { replicas: 1 }, true],
  ['StatefulSet', {}, {}, false],
  ['DaemonSet', {}, {}, false],
  ['DaemonSet', {}, { observedGeneration: 1, desiredNumberScheduled: 0 }, false],
  ['DaemonSet', { template: { spec: { nodeSelector: { pool: 'gpu' } } } }, { observedGeneration: 1, desiredNumberScheduled: 0 }, true],
  ['DaemonSet', {}, { observedGeneration: 1, desiredNumberScheduled: 1, currentNumberScheduled: 0 }, false],
  ['DaemonSet', {}, { observedGeneration: 1, desiredNumberScheduled: 1, currentNumberScheduled: 1 }, true],
  ['Job', {}, {}, false],
  ['Job', { suspend: true }, {}, true]
])('%s %j with status %j has its pods: %s', (kind, spec, status, expected) => {
  expect(hasItsPods(workload(kind, spec, status))).toBe(expected)
})

test('names the fields that give access to the node', () => {
  const container = { securityContext: { privileged: true }, ports: [{ hostPort: 80 }] }
  expect(hostAccess({ spec: { hostNetwork: true, volumes: [{ name: 'a', hostPath: { path: '/' } }], initContainers: [container], containers: [] } }))
    .toEqual(['hostNetwork', 'hostPath', 'privileged', 'hostPort'])
  expect(hostAccess({ spec: { hostPID: false, volumes: [{ emptyDir: {} }], containers: [{ ports: [{ containerPort: 80 }] }] } })).toEqual([])
})

test('lists the fields that differ', () => {
  const from = { a: 1, b: { c: 'x' }, list: [{ d: 1 }], gone: true, longer: [1] }
  const to = { a: 1, b: { c: 'y', e: false }, list: [{ d: 2 }], longer: [1, 2] }
  expect(differences(from, to)).toEqual(['b.c: "y", not "x"', 'b.e: false', 'list[0].d: 2, not 1', 'no gone', 'longer: [1,2], not [1]'])
})

test('compares the token of a pod as one field', () => {
  const token = { name: 'kube-api-access' }
  const pod = (volumes: object[], volumeMounts: object[]) => withoutToken(workload('Pod', { volumes, containers: [{ volumeMounts }] }))
  const data = { name: 'data' }
  expect(differences(pod([data, token], [token]), pod([data], []))).toEqual(['no spec.token'])
})
