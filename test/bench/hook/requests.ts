import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { sync } from '../../../src/hook/sync.ts'
import type { SyncRequest } from '../../../src/hook/schema.ts'
import type { KubernetesObject, ObservedObject } from '../../../src/kubernetes/object.ts'
import { isTenantNamespace } from '../../../src/tenancy/children/further-namespaces.ts'
import { packageVersion } from '../../../src/version.ts'
import { repositoryPath } from '../../cluster/paths.ts'
import { defaultClass, standardClass, tenant } from '../../support/objects.ts'
import { applied, now, sortedJson, syncRequest, type Strategy, type World } from '../../support/requests.ts'

/** A request to /sync and the response that leaves everything unchanged. */
export interface Exchange {
  body: string
  response: object
}

const entries = ['dev', 'test', 'prod']

/** Requests for Tenants in steady state: most with one namespace, every fourth with several, which are requests of their own. */
export function requestsAtRest (tenants: number, strategy: Strategy): Exchange[] {
  const controller = parse(readFileSync(repositoryPath('metacontroller/composite-controller.yaml'), 'utf8').split('\n---')[0] ?? '') as object
  const classes = [defaultClass(), standardClass()].map(asStored)
  return Array.from({ length: tenants }, (_, index) => worldOf(index, classes))
    .flatMap(world => withFurther(settle(world, strategy), classes, strategy))
    .map(world => exchangeOf({ controller, ...syncRequest(world) }))
}

function worldOf (index: number, classes: ObservedObject[]): World {
  const name = `team-${index}`
  const people = Array.from({ length: index % 7 }, (_, person) => ({ kind: 'User' as const, name: `person-${person}@${name}.example` }))
  const namespaces = index % 4 === 3 ? entries.map(name => ({ name })) : undefined
  const spec = {
    className: index % 2 === 0 ? 'default' : 'standard',
    admins: [{ kind: 'Group' as const, name: `${name}-leads` }, ...people],
    viewers: people,
    ...(namespaces !== undefined && { namespaces }),
    ...(index % 3 === 0 && { quotas: { 'tenant-quota': { pods: '30' } } })
  }
  return { tenant: asStored(tenant(spec, name)), classes }
}

/** The Tenant, and each of its further namespaces with the state that they reach. */
function withFurther (world: World, classes: ObservedObject[], strategy: Strategy): World[] {
  const further = (world.children ?? []).filter(isTenantNamespace).map(child => {
    const ownerReferences = [{ uid: 'uid-of-the-tenant', kind: 'Tenant', controller: true }]
    return settle({ tenant: { ...child, metadata: { ...child.metadata, ownerReferences } }, classes }, strategy)
  })
  return [settle(world, strategy, further.map(({ status }) => status)), ...further]
}

/** Applies responses until the status is the one of the steady state. */
function settle (world: World, strategy: Strategy, ofFurther: unknown[] = []): World {
  let current = world
  for (let round = 0; round < 6; round++) {
    const { response } = sync(syncRequest(current), now, packageVersion)
    const children = response.children.map(child => asStored(applied(child, strategy)))
    for (const [index, child] of children.filter(isTenantNamespace).entries()) child['status'] = ofFurther[index]
    current = { ...current, children, status: response.status }
  }
  return current
}

function exchangeOf (request: SyncRequest): Exchange {
  return { body: sortedJson(request), response: sync(request, now, packageVersion).response }
}

/** With what the API server adds to any object. */
function asStored<T extends KubernetesObject> (object: T): T & ObservedObject {
  const { kind, metadata } = object
  return {
    ...object,
    metadata: { uid: `uid-of-${kind}-${metadata.name}`, resourceVersion: '4711', generation: 1, creationTimestamp: '2026-11-22T11:00:00Z', ...metadata }
  }
}
