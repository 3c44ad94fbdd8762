import type { DeleteOptions, KubeClient } from '../cluster/client.ts'
import { apiVersionOf } from '../cluster/discovery.ts'
import { refOf, type KubeObject, type ObjectRef } from '../cluster/kube-object.ts'
import { count } from './counters.ts'
import type { Customize } from './customize.ts'
import type { HookCall } from './hook-call.ts'
import type { Informer } from './informer.ts'
import { fieldManager } from './server-side-apply.ts'
import type { World } from './sync.ts'
import { parseSyncResponse } from './wire.ts'
import type { Resource, Write } from './write.ts'

export interface LiveOptions {
  client: KubeClient
  informerOf: (resource: Resource) => Informer | undefined
  customize: Customize
  call: HookCall
  strict: boolean
  resyncAfter: World['resyncAfter']
}

/** The World of a cluster: the API server and the hook. */
export function liveWorld ({ client, informerOf, customize, call, strict, resyncAfter }: LiveOptions): World {
  return {
    candidates (resource, parent) {
      const informer = informerOf(resource)
      if (informer === undefined) return []
      const namespace = parent.metadata.namespace
      return [...informer.controlledBy(parent.metadata.uid ?? ''), ...informer.orphans()]
        .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
    },
    related: parent => customize.relatedTo(parent),
    callHook: async request => parseSyncResponse(await call(request), strict),
    read: object => client.get(refOf(object)),
    resyncAfter,
    write (write) {
      count('writes')
      return send(client, write)
    }
  }
}

/** Metacontroller names itself for each write: its user agent is the default field manager. */
async function send (client: KubeClient, write: Write): Promise<KubeObject> {
  const { verb, subresource, patch: type = 'apply', body, query: { force } } = write
  // Creates and updates carry the whole object, and a delete its options.
  const object = body as KubeObject
  switch (verb) {
    case 'create': return client.create(object, { fieldManager })
    case 'update': return subresource === 'status' ? client.updateStatus(object, { fieldManager }) : client.update(object, { fieldManager })
    case 'delete': return client.delete(refTo(write), body as DeleteOptions)
    case 'patch': return client.patch(refTo(write), body, {
      type,
      fieldManager,
      ...(force !== undefined && { force: force === 'true' })
    })
  }
}

function refTo ({ resource, name, namespace }: Write): ObjectRef {
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    name,
    ...(namespace !== undefined && { namespace })
  }
}
