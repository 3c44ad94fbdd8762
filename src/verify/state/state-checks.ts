import { docsAddress } from '../../api/group.ts'
import { guardrailBindings, guardrailPolicies } from '../../check/installed-guardrails.ts'
import { readParties } from '../../check/parties.ts'
import { identity, displayName, type ObservedObject } from '../../kubernetes/object.ts'
import { childKinds } from '../../tenancy/desired/child-kinds.ts'
import { compareAll, differingPaths } from '../../tenancy/drift/comparison.ts'
import type { Api } from '../api.ts'
import { few } from '../../check/finding.ts'
import { failed, passed, skipped, undecided, warning, type Check, type Family, type Result } from '../check.ts'
import type { Context } from '../context.ts'
import { resources } from '../../kubernetes/resources.ts'

async function judgeGuardrails ({ api, target }: Context, bindings: boolean): Promise<Result> {
  const policies = await api.listServed(resources.validatingPolicies) ?? []
  const isInstalled = policies.some(({ metadata }) => metadata.name.startsWith('k8s-mtp-'))
  if (target.tenant === undefined && !isInstalled) return skipped('k8s-mtp is not installed in this cluster')
  const parties = readParties(policies)
  const { state, message } = bindings
    ? guardrailBindings(await api.list(resources.validatingBindings), parties)
    : guardrailPolicies(policies, parties)
  return state === 'ok' ? passed(message) : failed(message)
}

/** Desired against observed: what Metacontroller would correct, also while the Tenant is paused. */
async function judgeDrift ({ api, target }: Context): Promise<Result> {
  const { tenant } = target
  if (tenant === undefined) return skipped('the namespace belongs to no Tenant')
  if (tenant.desired === undefined) return undecided(`the desired state is unknown: ${tenant.problem ?? 'the Tenant is on hold'}`)
  const observed = new Map((await ownObjects(api, target.namespace)).map(object => [identity(object), object]))
  const different = compareAll(tenant.desired, observed).filter(({ action }) => action !== 'keep')
  if (different.length === 0) return passed(`${observed.size} objects are as desired`)
  return failed(few(different.map(comparison => comparison.action === 'create'
    ? `${displayName(comparison.manifest)} is missing`
    : `${displayName(comparison.manifest)} differs in ${few(differingPaths(comparison))}`)))
}

async function ownObjects (api: Api, namespace: ObservedObject): Promise<ObservedObject[]> {
  const kinds = childKinds.filter(({ kind }) => kind !== 'Namespace')
  const lists = await Promise.all(kinds.map(async kind => await api.list(kind, { namespace: namespace.metadata.name })))
  return [namespace, ...lists.flat()]
}

const tokenType = 'kubernetes.io/service-account-token'

/** Asks for Secrets of this type only. */
async function judgeTokens ({ api, target }: Context): Promise<Result> {
  const secrets = await api.list(resources.secrets, { namespace: target.name, fieldSelector: `type=${tokenType}` })
  if (secrets.length === 0) return passed(`no Secret of the type ${tokenType}`)
  return failed(`Secrets with tokens that never expire: ${few(secrets.map(({ metadata }) => metadata.name))}`)
}

async function judgeDefaultToken ({ api, target }: Context): Promise<Result> {
  const account = await api.find(resources.serviceAccounts, { namespace: target.name, name: 'default' })
  if (account === undefined) return skipped('the ServiceAccount default does not exist')
  return account['automountServiceAccountToken'] === false
    ? passed('the ServiceAccount default mounts no token')
    : warning('pods without a ServiceAccount of their own get a token of the ServiceAccount default')
}

/** The check of what was admitted under an earlier class sends dry runs of its own, so that the command provides it. */
export type Recheck = (namespace: string) => Promise<Array<{ objects: string[], message: string }>>

function admittedEarlier (recheck: Recheck): Check {
  return {
    id: 'admitted-earlier',
    level: 2,
    title: 'Everything in the namespace would be admitted today',
    why: 'Admission judges new requests only: a class that is tightened does not reach what was admitted before.',
    remedy: 'Change or delete the objects, or allow them in the TenantClass. All of them: k8s-mtp recheck TENANT.',
    async judge ({ target }) {
      if (target.tenant === undefined) return skipped('the namespace belongs to no Tenant')
      const refused = await recheck(target.name)
      if (refused.length === 0) return passed('nothing in the namespace would be refused')
      return failed(few(refused.map(({ objects, message }) => `${few(objects, 1)}: ${message}`), 2))
    }
  }
}

const guardrailRemedy = 'Apply the guardrails of this version: k8s-mtp guardrails | kubectl apply --server-side --force-conflicts -f -. ' +
  'k8s-mtp check has the command for your installation.'

export const state = (recheck: Recheck): Family => ({
  id: 'state',
  title: 'Guardrails, drift and tokens',
  checks: [
    {
      id: 'guardrail-policies',
      level: 1,
      title: 'The guardrails are those of this version',
      why: 'Guardrails keep the objects of the Tenant as they are, and bound its workloads.',
      remedy: guardrailRemedy,
      judge: async context => await judgeGuardrails(context, false)
    },
    {
      id: 'guardrail-bindings',
      level: 1,
      title: 'The guardrails are bound',
      why: 'A policy without its binding, or with one that only warns, refuses nothing.',
      remedy: guardrailRemedy,
      judge: async context => await judgeGuardrails(context, true)
    },
    {
      id: 'drift',
      level: 1,
      title: 'The objects of the Tenant are as desired',
      why: 'A changed Role, quota or NetworkPolicy is in force until it is corrected. While a Tenant is paused it stays.',
      remedy: `Set spec.paused of the Tenant to false, and see ${docsAddress}/drift.md. ` +
        'kubectl describe tenant TENANT says what is corrected.',
      judge: judgeDrift
    },
    admittedEarlier(recheck),
    {
      id: 'legacy-tokens',
      level: 2,
      title: 'No Secret has a token that never expires',
      why: 'Such a token acts as its ServiceAccount for ever, from any place that has a copy.',
      remedy: 'Use kubectl create token or projected volumes, and delete the Secrets.',
      judge: judgeTokens
    },
    {
      id: 'default-token',
      level: 2,
      title: 'The ServiceAccount default mounts no token',
      why: 'Most pods need no access to the API server, and a token in a pod is there for an attacker too.',
      remedy: 'Set it: kubectl patch serviceaccount default -n NAMESPACE -p \'{"automountServiceAccountToken": false}\'. From Kubernetes ' +
        '1.36 on, the defaults of k8s-mtp do so for new namespaces.',
      judge: judgeDefaultToken
    }
  ]
})
