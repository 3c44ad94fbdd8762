import { onTestFinished } from 'vitest'
import type { KubeObject, ObjectRef } from '../cluster/kube-object.ts'
import { client } from './context.ts'
import { remove, uniqueName } from './tenants.ts'

const classKind = { apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantClass' }

const readPods = { apiGroups: [''], resources: ['pods'], verbs: ['get'] }

/** The smallest valid class. */
export const smallClass = {
  quotas: {
    'tenant-quota': { cpu: '1', pods: '10' },
    'tenant-objects': { configmaps: '20' },
    'tenant-storage': { 'requests.storage': '1Gi' }
  },
  limits: [{ type: 'Container', defaultRequest: { cpu: '50m' }, default: { cpu: '100m' } }],
  roles: { admin: { rules: [readPods] }, operator: { rules: [readPods] }, viewer: { rules: [readPods] } }
}

export function classManifest (name: string, spec: object = {}): KubeObject {
  return { ...classKind, metadata: { name }, spec: { ...smallClass, ...spec } }
}

export function classRef (name: string): ObjectRef {
  return { ...classKind, name }
}

/** Creates a class, deletes it after the test, and returns its name. */
export async function createClass (spec: object = {}, name = uniqueName('class')): Promise<string> {
  onTestFinished(() => remove(classRef(name)))
  await client().create(classManifest(name, spec))
  return name
}
