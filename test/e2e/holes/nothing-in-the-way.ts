import { expect } from 'vitest'
import { client } from '../context.ts'
import { casesOf, type Attempt, type Hole } from './hole.ts'

const kinds = [
  { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration' },
  { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration' },
  { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService' }
]

/** On a platform that runs: what would have the API server ask somebody. */
const nothingIsAsked: Attempt = {
  tries: 'a webhook or an aggregated API of ours, in the path of requests',
  by: 'not applicable: there is none',
  async prove () {
    const found = (await Promise.all(kinds.map(kind => client().list(kind)))).flatMap(({ items }) => items)
    // The API server lists its own APIs here, each without a Service behind it.
    expect(found.map(({ metadata }) => metadata.name)).toContain('v1.k8s-mtp.dev')
    expect(found.filter(({ kind, spec }) => kind !== 'APIService' || JSON.stringify(spec).includes('"service":{'))).toEqual([])
    const { items: definitions } = await client().list({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' })
    expect(definitions.length).toBeGreaterThan(2)
    expect(definitions.filter(({ spec }) => JSON.stringify(spec).includes('"strategy":"Webhook"'))).toEqual([])
  }
}

export const nothingInTheWayHoles: Hole[] = [
  {
    id: 'CVE-2023-48312',
    was: 'a proxy in front of the API server took a token without looking at the answer of its review',
    here: 'does not apply: there is no proxy, no webhook and no aggregated API, and the hook reads no tokens',
    attempts: [nothingIsAsked]
  },
  {
    id: 'CVE-2024-7598',
    was: 'while a namespace terminates, its network policies may go before its pods',
    here: 'only the namespace controller deletes them, which takes pods first (Kubernetes 1.34 and later)',
    attempts: [...casesOf('managed-objects/isolation-until-the-end'), ...casesOf('engine-objects/isolation')],
    tests: [{ file: 'test/e2e/endings.test.ts', title: 'its isolation stays until the last pod has gone, the engine deletes nothing in it, and then it ends' }]
  },
  {
    id: 'webhooks that are down',
    was: 'while the operator was down, tenants could not work (failurePolicy Fail) or nothing was guarded (Ignore)',
    here: 'the API server guards by itself: with hook and engine stopped people work, and every guardrail refuses',
    attempts: [nothingIsAsked],
    tests: [{ file: 'test/faults/stopped.test.ts', title: 'the guardrails refuse' }]
  }
]
