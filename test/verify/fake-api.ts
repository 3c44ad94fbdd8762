import type { DryRun, DryRunAnswer, Identity, Resource } from '../../src/kubernetes/api-request.ts'
import { WorkloadPolicySpec } from '../../src/api/workload-policy.ts'
import type { ObservedObject } from '../../src/kubernetes/object.ts'
import { desiredFor } from '../../src/tenancy/desired/desired-state.ts'
import type { Api } from '../../src/verify/api.ts'
import type { Check } from '../../src/verify/check.ts'
import type { ClusterState, Target } from '../../src/verify/context.ts'
import { membersOf } from '../../src/verify/members.ts'
import { runChecks } from '../../src/cli/verify/run-checks.ts'
import type { NamespaceReport } from '../../src/verify/report.ts'
import { Value } from '@sinclair/typebox/value'
import { standardClass, tenant } from '../support/objects.ts'

export const forbidden = (message: string): DryRunAnswer => ({ code: 403, message })
export const admitted = ({ content = {} }: DryRun): DryRunAnswer => ({ code: 201, message: '', object: content })

export const now = new Date('2026-11-27T20:00:00Z')
const ada = { kind: 'User', name: 'ada@acme.example' }
const tenantClass = standardClass()
const acme = tenant({ admins: [{ kind: 'User', name: ada.name }], className: 'standard' })
const { desired } = desiredFor(acme, tenantClass, now)
const namespace = 'tenant-acme-shop'

export const target: Target = {
  name: namespace,
  namespace: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { 'k8s-mtp.dev/tenant': 'acme' } } },
  tenant: { name: 'acme', className: 'standard', tenantClass, ...(desired !== undefined && { desired }) },
  members: membersOf([['admin', [ada]]], now)
}

const state: ClusterState = { namespaces: [target.namespace], declared: new Map() }

interface Fake {
  dryRun?: (request: DryRun, identity: Identity) => DryRunAnswer
  isAllowed?: Api['isAllowed']
  objects?: Partial<Record<string, ObservedObject[]>>
}

/** A cluster that knows the admin of the Tenant, has its objects, and admits everything. */
export function fakeApi ({ dryRun = admitted, isAllowed, objects = {} }: Fake = {}): Api {
  const own = (desired?.contents ?? []).map((manifest): ObservedObject => ({ ...manifest }))
  const list = async ({ kind }: Resource) => objects[kind] ?? own.filter(object => object.kind === kind)
  return {
    list,
    listServed: list,
    clusterScoped: async () => [],
    find: async (resource, { name }) => (await list(resource)).find(({ metadata }) => metadata.name === name),
    isAllowed: isAllowed ?? (async (_, { resource, verb, name }) => resource === 'namespaces' && verb === 'get' && name === namespace),
    dryRun: async (identity, request) => dryRun(request, identity)
  }
}

export async function judge (checks: readonly Check[], api: Api, of: Target = target): Promise<NamespaceReport> {
  return await runChecks(of, { state, api, families: [{ id: 'any', title: 'Any', checks }] })
}

export async function judgeOne (check: Check, api: Api, of: Target = target) {
  const { checks: [result] } = await judge([check], api, of)
  if (result === undefined) throw new Error('no result')
  return { state: result.state, message: result.message }
}

export const workloadPolicy = Value.Create(WorkloadPolicySpec)
