import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tryAll } from '../charts/try-all.ts'
import type { Tried } from '../charts/try-item.ts'
import { createVirtualNode } from '../charts/virtual-node.ts'
import { fillsInDefaults } from '../cluster/install.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { client, platform } from './context.ts'

const folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-charts-'))
let tried: Tried[]

beforeAll(async () => {
  const removeNode = await createVirtualNode(client())
  try {
    const { kubernetes } = platform().versions
    tried = await tryAll(repositoryPath('test/charts/fixtures'), { client: client(), className: 'standard', folder, kubernetes })
  } finally {
    await removeNode()
  }
}, 180_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const text = (part: string) => expect.stringContaining(part) as string

const isFilledIn = await fillsInDefaults(client())
/** Where the API server fills in what charts leave out. */
const filled = (otherwise: string) => isFilledIn ? 'b' : otherwise
const any = expect.any(Array) as string[]

test.each<[name: string, column: string, details: string[]]>([
  ['agent', filled('a'), any],
  ['all-namespaces', 'c', ['spec.ingress.0.from.0: {"podSelector":{}}']],
  ['cluster-role', 'd', ['cluster-scoped ClusterRole try-cluster-role']],
  ['cronjob', filled('a'), any],
  ['host-path', 'd', ['hostPath of DaemonSet try-host-path']],
  ['load-balancer', 'c', ['spec.type: ClusterIP']],
  ['manifests', filled('a'), any],
  ['needs-values', '-', [text('set image')]],
  ['network-policy', filled('c'), isFilledIn ? any : ['spec.ingress.0.from: [{"podSelector":{}}]']],
  ['own-rbac', 'a', []],
  ['plain-web', filled('a'), any],
  ['root-user', filled('e'), any],
  ['statefulset', filled('a'), any],
  ['wide-rbac', 'e', [text('attempting to grant RBAC permissions not currently held')]]
])('%s is in column %s', (name, column, details) => {
  expect(tried.find(item => item.name === name)).toMatchObject({ column, details })
})

test('the table has each chart', () => {
  expect(tried).toHaveLength(14)
})

test('a refusal says whether its message names a remedy', () => {
  const refusalsOf = (name: string) => tried.find(item => item.name === name)?.refusals
  if (!isFilledIn) expect(refusalsOf('root-user')).toMatchObject([{ namesCause: true, namesRemedy: true }])
  expect(refusalsOf('all-namespaces')).toMatchObject([{ namesCause: true, namesRemedy: true }])
  expect(refusalsOf('wide-rbac')).toMatchObject([{ namesCause: true, namesRemedy: false }])
})
