import { ApiError } from '../../cluster/api-error.ts'
import { engineAccount } from '../../cluster/credentials.ts'
import type { KubeClient } from '../../cluster/client.ts'
import type { KubeObject } from '../../cluster/kube-object.ts'
import type { GuardrailCase } from './case.ts'
import { dryRun, tokenSecret } from './world.ts'

const editor = 'an editor of all namespaces'
const { namespace, name: account } = engineAccount

async function requestTokenOf (who: KubeClient, namespace: string, name: string, spec: object = {}): Promise<unknown> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token?dryRun=All`
  return who.request('POST', path, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec })
}

const template = (serviceAccountName: string) =>
  ({ metadata: { labels: { app: 'x' } }, spec: { serviceAccountName, containers: [{ name: 'app', image: 'app' }] } })
const selector = { matchLabels: { app: 'x' } }

/** An object that is or leads to pods with a ServiceAccount, by kind. */
export const workloads = {
  Pod: account => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: template(account).spec }),
  ReplicationController: account =>
    ({ apiVersion: 'v1', kind: 'ReplicationController', metadata: { name: 'x' }, spec: { selector: { app: 'x' }, template: template(account) } }),
  Deployment: account => ofApps('Deployment', account),
  ReplicaSet: account => ofApps('ReplicaSet', account),
  StatefulSet: account => ofApps('StatefulSet', account, { serviceName: 'x' }),
  DaemonSet: account => ofApps('DaemonSet', account),
  Job: account => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'x' }, spec: jobSpec(account) }),
  CronJob: account =>
    ({ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'x' }, spec: { schedule: '0 0 * * *', jobTemplate: { spec: jobSpec(account) } } })
} satisfies Record<string, (account: string) => KubeObject>

function ofApps (kind: string, account: string, more: object = {}): KubeObject {
  return { apiVersion: 'apps/v1', kind, metadata: { name: 'x' }, spec: { selector, template: template(account), ...more } }
}

function jobSpec (account: string) {
  const { spec } = template(account)
  return { template: { spec: { ...spec, restartPolicy: 'Never' } } }
}

export const inNamespace = (object: KubeObject, namespace: string): KubeObject => ({ ...object, metadata: { ...object.metadata, namespace } })

/** Rejects unless the request gets past admission: there is no such pod. */
async function connect (who: KubeClient, namespace: string, subresource: string): Promise<unknown> {
  return who.request('POST', `/api/v1/namespaces/${namespace}/pods/x/${subresource}?command=id&stdout=true`).catch((error: unknown) => {
    if (!(error instanceof ApiError && error.code === 404)) throw error
  })
}

const accounts: Array<[namespace: string, name: string]> = [
  ['kube-system', 'generic-garbage-collector'], ['kube-system', 'namespace-controller'], ['kube-system', 'disruption-controller'],
  ['kube-system', 'resourcequota-controller'], ['kube-system', 'replicaset-controller'], [namespace, account]
]

export const exemptCases: GuardrailCase[] = [
  ...accounts.flatMap(([namespace, name]): GuardrailCase[] => [
    {
      rule: 'exempt-tokens/request',
      refuses: `a token of ${namespace}/${name}`,
      who: editor,
      attempt: who => requestTokenOf(who, namespace, name),
      message: new RegExp(`ServiceAccount ${name} is exempt from guardrails, so its tokens are only for its own process`),
      allows: 'the same request',
      allowedWho: 'a cluster administrator',
      control: who => requestTokenOf(who, namespace, name)
    },
    {
      rule: 'exempt-tokens/secret',
      refuses: `a token Secret of ${namespace}/${name}`,
      who: editor,
      attempt: who => who.create(tokenSecret(namespace, 'token', name), dryRun),
      message: new RegExp(`ServiceAccount ${name} is exempt from guardrails, so Secrets may not have its tokens`),
      allows: 'one of another ServiceAccount in the namespace',
      control: who => who.create(tokenSecret(namespace), dryRun)
    }
  ]),
  {
    rule: 'exempt-tokens/request',
    refuses: 'a token that ends with a Secret',
    who: editor,
    attempt: who => requestTokenOf(who, namespace, account, { boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 'any' } }),
    message: /is exempt from guardrails/,
    allows: 'a token of another ServiceAccount in the namespace',
    control: who => requestTokenOf(who, namespace, 'default')
  },
  ...Object.entries(workloads).map(([kind, build]): GuardrailCase => ({
    rule: 'exempt-workloads/pods',
    refuses: `a ${kind} with the ServiceAccount of Metacontroller`,
    who: editor,
    attempt: who => who.create(inNamespace(build(account), namespace), dryRun),
    message: /a pod with this spec in the namespace metacontroller would run as Metacontroller/,
    allows: 'one with another ServiceAccount',
    control: who => who.create(inNamespace(build('default'), namespace), dryRun)
  })),
  {
    rule: 'exempt-workloads/pods',
    refuses: 'a Deployment with the ServiceAccount of Metacontroller',
    who: editor,
    attempt: who => who.create(inNamespace(workloads.Deployment(account), namespace), dryRun),
    message: /install Metacontroller as cluster-admin/,
    allows: 'the same Deployment',
    allowedWho: 'a cluster administrator',
    control: who => who.create(inNamespace(workloads.Deployment(account), namespace), dryRun)
  },
  ...['exec', 'attach'].map((subresource): GuardrailCase => ({
    rule: 'exempt-workloads/exec',
    refuses: `${subresource} in the namespace of Metacontroller`,
    who: editor,
    attempt: who => connect(who, namespace, subresource),
    message: /commands in pods in the namespace metacontroller could read the token of Metacontroller/,
    allows: 'the same in another namespace',
    control: who => connect(who, 'default', subresource)
  }))
]
