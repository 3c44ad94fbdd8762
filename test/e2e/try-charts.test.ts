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
  ['cluster-role', 'd', ['cluster-scoped ClusterRole try-cluster-role']],
  ['cronjob', filled('a'), any],
  ['host-path', 'd', ['hostPath of DaemonSet try-host-path']],
  ['load-balancer', 'c', ['spec.type: ClusterIP']],
  ['manifests', filled('a'), any],
  ['needs-values', '-', [text('set image')]],
  ['network-policy', 'e', [text('cannot create resource "networkpolicies"')]],
  ['own-rbac', 'e', [text('cannot create resource "roles"'), text('cannot create resource "rolebindings"')]],
  ['plain-web', filled('a'), any],
  ['root-user', filled('e'), any],
  ['statefulset', filled('a'), any]
])('%s is in column %s', (name, column, details) => {
  expect(tried.find(item => item.name === name)).toMatchObject({ column, details })
})

test('the table has each chart', () => {
  expect(tried).toHaveLength(12)
})

test('a refusal says whether its message names a remedy', () => {
  const refusalsOf = (name: string) => tried.find(item => item.name === name)?.refusals
  if (!isFilledIn) expect(refusalsOf('root-user')).toMatchObject([{ namesCause: true, namesRemedy: true }])
  expect(refusalsOf('network-policy')).toMatchObject([{ namesCause: true, namesRemedy: false }])
})
