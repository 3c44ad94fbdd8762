import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeClient } from '../cluster/client.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { dataKey } from './cluster-state.ts'
import { namespaceKind, tenantKind, tenantNamespaceKind, type Effect } from './operation.ts'

interface Live { name: string, tenant: string, tenantUid: string }

/** What must not be lost: namespaces by their uid, the data in them, and labels of other tools. It knows of each deletion of the run. */
export interface Ledger {
  /** An object that must exist, by its key. */
  data: Map<string, KubeObject>
  /** Labels that must exist, by namespace. */
  foreignLabels: Map<string, Record<string, string>>
  /** Namespaces of orphaned Tenants, with their uids. */
  orphaned: Map<string, string>
  /** Namespaces that were lost. */
  losses: Set<string>
  /** Records the uids of new namespaces, and which of the others were lost. */
  observe (): Promise<void>
  /** Before the requests of an operation. */
  before (effect: Effect): Promise<void>
  /** After they were admitted. */
  after (effect: Effect): Promise<void>
}

export function createLedger (client: KubeClient): Ledger {
  const live = new Map<string, Live>()
  const dead = new Set<string>()
  const data = new Map<string, KubeObject>()
  const foreignLabels = new Map<string, Record<string, string>>()
  const orphaned = new Map<string, string>()
  const losses = new Set<string>()
  let written: string | undefined

  /** Of a namespace that belongs to an existing Tenant, and is not about to be deleted by the run. */
  async function livingUid (name: string): Promise<string | undefined> {
    await observe()
    return [...live].find(([uid, namespace]) => namespace.name === name && !dead.has(uid))?.[0]
  }

  async function observe (): Promise<void> {
    // Owners last: a namespace whose Tenant was deleted meanwhile is not counted.
    const namespaces = (await client.list(namespaceKind)).items
    const entries = (await client.list(tenantNamespaceKind)).items
    const tenants = (await client.list(tenantKind)).items.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    const tenantOf = (namespace: KubeObject): KubeObject | undefined => {
      const owner = ownerUid(namespace)
      const entry = entries.find(({ metadata }) => metadata.uid === owner && metadata.deletionTimestamp === undefined)
      return tenants.find(({ metadata: { uid } }) => uid === (entry === undefined ? owner : ownerUid(entry)))
    }
    for (const namespace of namespaces) {
      const { uid = '', name, deletionTimestamp } = namespace.metadata
      const tenant = tenantOf(namespace)
      if (tenant === undefined || dead.has(uid) || live.has(uid) || deletionTimestamp !== undefined) continue
      live.set(uid, { name, tenant: tenant.metadata.name, tenantUid: tenant.metadata.uid ?? '' })
    }
    for (const [uid, { name, tenant, tenantUid }] of live) {
      const isDeletable = dead.has(uid) || !tenants.some(({ metadata }) => metadata.uid === tenantUid)
      const found = namespaces.find(({ metadata }) => metadata.uid === uid)
      if (isDeletable) live.delete(uid)
      else if (found === undefined || found.metadata.deletionTimestamp !== undefined) {
        losses.add(`namespace ${name} (${uid}) of Tenant ${tenant} was deleted, and not by the run`)
        live.delete(uid)
      }
    }
  }

  const uidsOf = async (names: string[]): Promise<Array<[name: string, uid: string]>> => {
    const found = await Promise.all(names.map(name => client.find({ ...namespaceKind, name })))
    return found.flatMap(namespace => namespace === undefined ? [] : [[namespace.metadata.name, namespace.metadata.uid ?? '']])
  }

  return {
    data,
    foreignLabels,
    orphaned,
    losses,
    observe,
    async before (effect) {
      if (effect.type === 'deletes-namespaces') {
        for (const [name, uid] of await repeated(() => uidsOf(effect.namespaces))) {
          dead.add(uid)
          orphaned.delete(name)
        }
      }
      if (effect.type === 'orphans-namespaces') for (const [name, uid] of await repeated(() => uidsOf(effect.namespaces))) orphaned.set(name, uid)
      const namespace = namespaceOf(effect)
      written = namespace === undefined ? undefined : await repeated(() => livingUid(namespace))
    },
    async after (effect) {
      if (effect.type === 'deletes-namespaces') {
        for (const [key, { metadata: { namespace = '' } }] of data) if (effect.namespaces.includes(namespace)) data.delete(key)
        for (const name of effect.namespaces) foreignLabels.delete(name)
      }
      if (effect.type === 'removes-data') data.delete(dataKey(effect.ref))
      const namespace = namespaceOf(effect)
      // In a namespace that was deleted meanwhile, nothing must stay.
      if (namespace === undefined || written === undefined || await repeated(() => livingUid(namespace)) !== written) return
      if (effect.type === 'data') data.set(dataKey({ ...effect.object, name: effect.object.metadata.name, namespace }), effect.object)
      if (effect.type === 'foreign-label') foreignLabels.set(namespace, { ...foreignLabels.get(namespace), [effect.key]: effect.value })
    }
  }
}

/** The namespace in which an effect must stay. */
function namespaceOf (effect: Effect): string | undefined {
  if (effect.type === 'data') return effect.object.metadata.namespace
  return effect.type === 'foreign-label' ? effect.namespace : undefined
}

function ownerUid ({ metadata: { ownerReferences = [] } }: KubeObject): string | undefined {
  return ownerReferences.find(({ controller }) => controller === true)?.uid
}

/** Reads again while the API server is down. */
export async function repeated<T> (read: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await read()
    } catch (error) {
      if (attempt === 240) throw error
    }
    await sleep(500)
  }
}
