import { expect } from 'vitest'
import type { KubeClient } from '../../cluster/client.ts'
import { client } from '../context.ts'
import { dryRun, namespaceRef, ownerReference } from '../guardrails/world.ts'
import { casesOf, refused, type Attempt, type Hole } from './hole.ts'
import { configMap, type HoleWorld } from './world.ts'

const guardrail = 'k8s-mtp-reserved-metadata'
const nobody = '00000000-0000-0000-0000-000000000000'

interface Try { tries: string, metadata: (world: HoleWorld) => object, harmless: object }

const seizures: Try[] = [
  { tries: 'an ownerReference to a Tenant', metadata: ({ tenant }) => ({ ownerReferences: [ownerReference(tenant)] }), harmless: { labels: { team: 'x' } } },
  { tries: 'an ownerReference to a Tenant with a forged uid', metadata: ({ tenant }) => ({ ownerReferences: [{ ...ownerReference(tenant), uid: nobody }] }), harmless: { labels: { team: 'x' } } },
  { tries: 'an ownerReference to a Tenant of another version', metadata: ({ tenant }) => ({ ownerReferences: [{ ...ownerReference(tenant), apiVersion: 'k8s-mtp.dev/v9' }] }), harmless: { labels: { team: 'x' } } },
  { tries: 'the label of a tenant', metadata: ({ tenant }) => ({ labels: { 'k8s-mtp.dev/tenant': tenant.name } }), harmless: { labels: { team: 'x' } } }
]

/** By somebody who has all rights on the namespace and on its subresources. */
const seizing = (way: string, write: (who: KubeClient, name: string, metadata: object) => Promise<unknown>): Attempt[] => seizures.map(({ tries, metadata, harmless }) => refused({
  tries: `${tries} on a namespace that was given to somebody by ${way}`,
  by: guardrail,
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

export const hijackHoles: Hole[] = [
  {
    id: 'CVE-2024-39690',
    was: 'whoever could patch a namespace took over any by an ownerReference to his tenant',
    here: 'only the platform sets an ownerReference to a Tenant, by whatever kind of write and with whatever uid; where one is, the Tenant has no rights by it and the namespace is not deleted for it',
    attempts: [
      ...casesOf('reserved-metadata/owners', /on a namespace by (a merge patch|a strategic merge patch|a JSON patch|a server-side apply|an update)$/),
      ...casesOf('reserved-metadata/owners', /creating a Namespace/),
      ...seizing('a merge patch', patch)
    ],
    tests: [{ file: 'test/e2e/endings.test.ts', title: 'outlives the Tenant: a namespace, and an object in one' }]
  },
  {
    id: 'GHSA-2ww6-hf35-mfjm',
    was: 'the same through namespaces/status, which the webhook did not watch',
    here: 'guardrails match subresources that carry metadata, and judge the object as it was and as it would be',
    attempts: [...casesOf('reserved-metadata/owners', /of its status$/), ...casesOf('reserved-metadata/labels', /of its status$/), ...casesOf('tenant-namespaces/subresources'), ...seizing('its status', patchStatus)]
  },
  {
    id: 'GHSA-gwxr-7h77-7777',
    was: 'the same through namespaces/finalize: the fix named a resource that there is not',
    here: 'the subresource is tried on a real API server',
    attempts: [...casesOf('reserved-metadata/owners', /subresource finalize$/), ...casesOf('reserved-metadata/labels', /subresource finalize$/), ...seizing('its finalize', finalize)]
  },
  {
    id: 'CVE-2025-55205',
    was: 'tenants labelled kube-system and other namespaces that belonged to no tenant',
    here: 'no role gives the right, and our labels are refused on any namespace, to administrators too. Other labels of such namespaces are left to administrators',
    attempts: systemNamespaces.flatMap(name => [
      refused({
        tries: `labelling ${name} as admin of a tenant`,
        by: 'RBAC',
        attack: ({ admin }) => patch(admin, name, { labels: { team: 'x' } }),
        control: ({ admin, tenant }) => admin.create(configMap(tenant), dryRun)
      }),
      ...ourLabels.map(label => refused({
        tries: `the label ${label} on ${name} as administrator of the cluster`,
        by: guardrail,
        attack: ({ tenant }) => patch(client(), name, { labels: { [label]: label === 'controller-uid' ? tenant.uid : tenant.name } }),
        control: () => patch(client(), name, { labels: { team: 'x' } })
      }))
    ])
  },
  {
    id: 'Metacontroller',
    was: 'it adopts whatever bears controller-uid and is not declared, and deletes it: a namespace with all data',
    here: 'nobody sets the label, the engine deletes no namespace, and the hook returns what it did not make',
    attempts: [
      ...casesOf('reserved-metadata/labels', /putting (the ownership label of a Tenant|a forged ownership label) on a namespace/),
      ...casesOf('tenant-namespaces/never-by-the-engine'),
      ...casesOf('engine-objects/where', /deleting an object of somebody else/),
      {
        tries: 'the right to delete namespaces, as the engine',
        by: 'RBAC',
        async prove () {
          const may = async (verb: string) => client().request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
            apiVersion: 'authorization.k8s.io/v1',
            kind: 'SubjectAccessReview',
            spec: { user: 'system:serviceaccount:metacontroller:metacontroller', groups: ['system:serviceaccounts'], resourceAttributes: { resource: 'namespaces', verb } }
          })
          expect(await may('patch')).toHaveProperty('status.allowed', true)
          expect(await may('delete')).toHaveProperty('status.allowed', false)
        }
      }
    ]
  }
]
