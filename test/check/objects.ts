import { guardrailManifests } from '../../src/guardrails/admission-policy.ts'
import { allGuardrails } from '../../src/guardrails/all-guardrails.ts'
import type { Parties } from '../../src/guardrails/guardrail.ts'
import { readWorkload, type Workload } from '../../src/check/workload.ts'
import type { ObservedObject } from '../../src/kubernetes/object.ts'

interface WorkloadOptions {
  kind?: string
  name?: string
  namespace?: string
  labels?: Record<string, string>
  replicas?: number
  ready?: number
  serviceAccount?: string
  image?: string
  args?: string[]
}

/** A Deployment of Metacontroller with two ready replicas, unless it is another. */
export function workload (options: WorkloadOptions = {}): Workload {
  const { kind = 'Deployment', name = 'metacontroller', namespace = 'metacontroller', labels = {}, replicas = 2, ready = replicas } = options
  const { serviceAccount = 'metacontroller', image = 'ghcr.io/metacontroller/metacontroller:v4.17.2', args = ['--leader-election', '--client-go-qps=50'] } = options
  return readWorkload({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace, labels },
    spec: { replicas, template: { spec: { serviceAccountName: serviceAccount, containers: [{ name: 'sidecar', image: 'proxy:1' }, { name: 'main', image, args }] } } },
    status: { readyReplicas: ready, desiredNumberScheduled: replicas, numberReady: ready }
  })
}

/** Policies and bindings as the API server stores them: it adds defaults. */
export function stored (parties: Parties): { policies: ObservedObject[], bindings: ObservedObject[] } {
  const all = allGuardrails(parties).flatMap(guardrail => guardrailManifests(guardrail)).map(manifest => withDefaults(structuredClone(manifest) as ObservedObject))
  return { policies: all.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy'), bindings: all.filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding') }
}

interface Match { namespaceSelector?: object, objectSelector?: object, resourceRules?: Array<{ scope?: string }> }

function withDefaults (object: ObservedObject): ObservedObject {
  const { matchConstraints, matchResources } = object['spec'] as { matchConstraints?: Match, matchResources?: Match }
  for (const match of [matchConstraints, matchResources]) {
    if (match === undefined) continue
    match.namespaceSelector ??= {}
    match.objectSelector ??= {}
    for (const rule of match.resourceRules ?? []) rule.scope = '*'
  }
  return object
}

export function object (kind: string, name: string, content: object = {}, metadata: object = {}): ObservedObject {
  return { apiVersion: 'v1', kind, metadata: { name, ...metadata }, ...content }
}
