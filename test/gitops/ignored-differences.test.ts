import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { run } from '../support/run.ts'
import { tool } from '../tools/tools.ts'
import { gitopsPath } from './folder.ts'

const key = 'resource.customizations.ignoreDifferences.networking.k8s.io_NetworkPolicy'
const { data } = parse(readFileSync(gitopsPath('argocd/argocd-cm.yaml'), 'utf8')) as { data: Record<string, string> }
const { jqPathExpressions: expressions } = parse(data[key] ?? '') as { jqPathExpressions: string[] }

/** What Argo CD compares: the object in Git, and the one in the cluster. */
async function compared (git: object, live: object): Promise<unknown[]> {
  const objects = [git, live].map(spec => ({ kind: 'NetworkPolicy', spec }))
  return JSON.parse(await run(await tool('ignored-differences'), [], { input: JSON.stringify({ expressions, objects }) })) as unknown[]
}

const own = [{ podSelector: {} }]
const ports = [{ port: 80, protocol: 'TCP' }]
const database = [{ podSelector: { matchLabels: { app: 'db' } } }]

test('Argo CD sees no difference in rules that were narrowed', async () => {
  const [git, live] = await compared(
    { podSelector: {}, ingress: [{}, { ports }, { from: database }], egress: [{ ports }] },
    { podSelector: {}, ingress: [{ from: own }, { from: own, ports }, { from: database }], egress: [{ to: own, ports }] }
  )
  expect(live).toEqual(git)
})

test.each<[string, object, object]>([
  ['another peer', { ingress: [{}] }, { ingress: [{ from: database }] }],
  ['another port', { ingress: [{ ports }] }, { ingress: [{ from: own }] }],
  ['a rule more', { egress: [{}] }, { egress: [{ to: own }, { to: own }] }],
  ['a direction more', { ingress: [{}] }, { ingress: [{ from: own }], egress: [] }]
])('and each other one: %s', async (_, inGit, inCluster) => {
  const [git, live] = await compared(inGit, inCluster)
  expect(live).not.toEqual(git)
})
