import { expect } from 'vitest'
import { client } from '../context.ts'
import { casesOf, type Attempt, type Advisory } from './advisory.ts'

const kinds = [
  { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration' },
  { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration' },
  { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService' }
]

/** On a running platform. */
const noServerInThePath: Attempt = {
  action: 'a webhook or an aggregated API of k8s-mtp in the path of requests',
  stoppedBy: 'not applicable: there is none',
  async verify () {
    const found = (await Promise.all(kinds.map(kind => client().list(kind)))).flatMap(({ items }) => items)
    // The API server lists its own APIs here, without a Service.
    expect(found.map(({ metadata }) => metadata.name)).toContain('v1.k8s-mtp.dev')
    expect(found.filter(({ kind, spec }) => kind !== 'APIService' || JSON.stringify(spec).includes('"service":{'))).toEqual([])
    const { items: definitions } = await client().list({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' })
    expect(definitions.length).toBeGreaterThan(2)
    expect(definitions.filter(({ spec }) => JSON.stringify(spec).includes('"strategy":"Webhook"'))).toEqual([])
  }
}

export const availabilityAdvisories: Advisory[] = [
  {
    id: 'CVE-2023-48312',
    vulnerability: 'a proxy in front of the API server accepted a token without checking the result of its review',
    mitigation: 'not applicable: there is no proxy, no webhook and no aggregated API, and the hook reads no tokens of users',
    attempts: [noServerInThePath]
  },
  {
    id: 'CVE-2024-7598',
    vulnerability: 'while a namespace terminates, its network policies may be deleted before its pods',
    mitigation: 'only the namespace controller deletes them, and it deletes pods first (Kubernetes 1.34 and later)',
    attempts: [...casesOf('tenant-objects/managed-isolation'), ...casesOf('engine/objects-isolation')],
    tests: [{ file: 'test/e2e/deletion.test.ts', title: 'stays isolated until its last pod is gone, and the engine deletes nothing in it' }]
  },
  {
    id: 'unavailable webhooks',
    vulnerability: 'while the operator was down, tenants could not work (failurePolicy Fail) or nothing was enforced (Ignore)',
    mitigation: 'the API server itself enforces: with the hook and Metacontroller stopped, users can work and every guardrail refuses',
    attempts: [noServerInThePath],
    tests: [{ file: 'test/faults/stopped.test.ts', title: 'the guardrails refuse' }]
  }
]
