import { expect } from 'vitest'
import type { KubeClient } from '../../cluster/client.ts'
import { client } from '../context.ts'
import { dryRun, namespaceRef, ownerReference } from '../guardrails/world.ts'
import { casesOf, refused, type Attempt, type Advisory } from './advisory.ts'
import { configMap, type AdvisoryWorld } from './world.ts'

const guardrail = 'k8s-mtp-tenant-objects'
const unknownUid = '00000000-0000-0000-0000-000000000000'

interface Try { action: string, metadata: (world: AdvisoryWorld) => object, harmless: object }

const seizures: Try[] = [
  { action: 'an ownerReference to a Tenant', metadata: ({ tenant }) => ({ ownerReferences: [ownerReference(tenant)] }), harmless: { labels: { team: 'x' } } },
  { action: 'an ownerReference to a Tenant with a forged uid', metadata: ({ tenant }) => ({ ownerReferences: [{ ...ownerReference(tenant), uid: unknownUid }] }), harmless: { labels: { team: 'x' } } },
  { action: 'an ownerReference to a Tenant of another version', metadata: ({ tenant }) => ({ ownerReferences: [{ ...ownerReference(tenant), apiVersion: 'k8s-mtp.dev/v9' }] }), harmless: { labels: { team: 'x' } } },
  { action: 'the label of a Tenant', metadata: ({ tenant }) => ({ labels: { 'k8s-mtp.dev/tenant': tenant.name } }), harmless: { labels: { team: 'x' } } }
]

/** By a user with all permissions on the namespace and its subresources. */
const seizing = (way: string, write: (who: KubeClient, name: string, metadata: object) => Promise<unknown>): Attempt[] => seizures.map(({ action, metadata, harmless }) => refused({
  action: `${action} on an unmanaged namespace by ${way}, as its owner`,
  stoppedBy: guardrail,
  attack: world => write(world.holder, world.elsewhere, metadata(world)),
  control: ({ holder, elsewhere }) => write(holder, elsewhere, harmless)
}))

const patch = (who: KubeClient, name: string, metadata: object) => who.patch(namespaceRef(name), { metadata }, dryRun)
const patchStatus = (who: KubeClient, name: string, metadata: object) => who.patch(namespaceRef(name), { metadata }, { ...dryRun, subresource: 'status' })
async function finalize (who: KubeClient, name: string, metadata: object): Promise<unknown> {
  const object = await who.get(namespaceRef(name))
  return who.request('PUT', `/api/v1/namespaces/${name}/finalize?dryRun=All`, { ...object, metadata: { ...object.metadata, ...metadata } })
}

const systemNamespaces = ['kube-system', 'kube-public', 'default']
const ourLabels = ['k8s-mtp.dev/tenant', 'k8s-mtp.dev/anything', 'controller-uid']

export const hijackAdvisories: Advisory[] = [
  {
    id: 'CVE-2024-39690',
    vulnerability: 'users who could patch a namespace took it over with an ownerReference to their tenant',
    mitigation: 'only k8s-mtp sets an ownerReference to a Tenant, whatever the request and the uid; an existing one gives the Tenant no access and does not delete the namespace',
    attempts: [
      ...casesOf('tenant-objects/metadata-owners', /on a namespace by (a merge patch|a strategic merge patch|a JSON patch|a server-side apply|an update)$/),
      ...casesOf('tenant-objects/metadata-owners', /creation of a Namespace/),
      ...seizing('a merge patch', patch)
    ],
    tests: [{ file: 'test/e2e/deletion.test.ts', title: 'outlives the Tenant: a namespace, and a Role in one' }]
  },
  {
    id: 'GHSA-2ww6-hf35-mfjm',
    vulnerability: 'the same through namespaces/status, which the webhook did not match',
    mitigation: 'guardrails match subresources that accept metadata, and compare the object before and after',
    attempts: [...casesOf('tenant-objects/metadata-owners', /of its status$/), ...casesOf('tenant-objects/metadata-labels', /of its status$/), ...casesOf('tenant-namespaces/subresources'), ...seizing('its status', patchStatus)]
  },
  {
    id: 'GHSA-gwxr-7h77-7777',
    vulnerability: 'the same through namespaces/finalize: the fix named a resource that does not exist',
    mitigation: 'the subresource is tested on a real API server',
    attempts: [...casesOf('tenant-objects/metadata-owners', /subresource finalize$/), ...casesOf('tenant-objects/metadata-labels', /subresource finalize$/), ...seizing('its finalize', finalize)]
  },
  {
    id: 'CVE-2025-55205',
    vulnerability: 'tenants labelled kube-system and other namespaces without a tenant',
    mitigation: 'no role has the permission, and the labels of k8s-mtp are refused on any namespace, to administrators too. Administrators may set other labels of such namespaces',
    attempts: systemNamespaces.flatMap(name => [
      refused({
        action: `a label on ${name}, as admin of a Tenant`,
        stoppedBy: 'RBAC',
        attack: ({ admin }) => patch(admin, name, { labels: { team: 'x' } }),
        control: ({ admin, tenant }) => admin.create(configMap(tenant), dryRun)
      }),
      ...ourLabels.map(label => refused({
        action: `the label ${label} on ${name}, as cluster administrator`,
        stoppedBy: guardrail,
        attack: ({ tenant }) => patch(client(), name, { labels: { [label]: label === 'controller-uid' ? tenant.uid : tenant.name } }),
        control: () => patch(client(), name, { labels: { team: 'x' } })
      }))
    ])
  },
  {
    id: 'Metacontroller',
    vulnerability: 'it adopts any object with the label controller-uid, and deletes one that is not declared, or has the garbage collector delete it by ' +
      'an ownerReference: a namespace with all data',
    mitigation: 'no user sets the label, Metacontroller deletes no namespace and owns none again, and the hook returns objects that it did not create',
    attempts: [
      ...casesOf('tenant-objects/metadata-labels', /^(the ownership label of a Tenant|a forged ownership label) on a namespace/),
      ...casesOf('tenant-namespaces/delete-by-engine'),
      ...casesOf('engine/objects-namespaces', /deletion of an unmanaged object/),
      {
        action: 'the permission to delete namespaces, as Metacontroller',
        stoppedBy: 'RBAC',
        async verify () {
          const may = async (verb: string) => client().request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
            apiVersion: 'authorization.k8s.io/v1',
            kind: 'SubjectAccessReview',
            spec: { user: 'system:serviceaccount:metacontroller:metacontroller', groups: ['system:serviceaccounts'], resourceAttributes: { resource: 'namespaces', verb } }
          })
          expect(await may('patch')).toHaveProperty('status.allowed', true)
          expect(await may('delete')).toHaveProperty('status.allowed', false)
        }
      },
      ...casesOf('engine/owners-owner-name'),
      ...casesOf('engine/owners-existing-namespace'),
      ...casesOf('engine/owners-removal'),
      ...casesOf('engine/namespaces-other-tenant'),
      ...casesOf('engine/namespaces-tenant-label'),
      ...casesOf('engine/namespaces-retention'),
      ...casesOf('tenant-namespaces/owner')
    ],
    tests: [{ file: 'test/e2e/garbage-collection.test.ts', title: 'the garbage collector deletes no namespace, whatever the engine writes by %s' }]
  }
]
