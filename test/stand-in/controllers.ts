import type { KubeClient } from '../cluster/client.ts'
import { apiVersionOf, type ApiResource } from '../cluster/discovery.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { controllerSpec } from './controller-spec.ts'
import { resolveEndpoint, type ReadData } from './endpoint.ts'
import { createEventRecorder } from './event-recorder.ts'
import { createInformers } from './informers.ts'
import type { Informer } from './informer.ts'
import { sameJson } from './json.ts'
import { selects, type LabelSelector } from './label-selector.ts'
import { log, unexpected } from './log.ts'
import { startParentController } from './parent-controller.ts'
import type { ApplyStrategy } from './plan-writes.ts'
import type { ApplyCache } from './server-side-apply.ts'
import { type Controller } from './sync.ts'
import { errorMessage } from '../../src/error-message.ts'
import type { Kind } from './object-map.ts'

export interface ControllersOptions {
  client: KubeClient
  strategy: ApplyStrategy
  workers: number
  discoveryInterval: number
  /** Selects CompositeControllers: by default all. */
  target?: LabelSelector
  /** Until it resolves, this process discovers kinds, and runs no controller. */
  leading: Promise<void>
}

const controllerKind = { apiVersion: 'metacontroller.k8s.io/v1alpha1', resource: 'compositecontrollers' }

/**
 * Runs one parent controller for each CompositeController. Discovery runs at an interval, so a later CRD or
 * CompositeController may wait that long, as with Metacontroller. Returns a function that stops all of them.
 */
export function startControllers ({ client, strategy, workers, discoveryInterval, target, leading }: ControllersOptions): () => void {
  const use = createInformers(client)
  const own = use()
  const events = createEventRecorder(client)
  // Belongs to the process: it outlives a CompositeController that changes.
  const cache: ApplyCache = new Map()
  const running = new Map<string, { spec: unknown, stop: () => void }>()
  let resources: ApiResource[] = []
  let ended = false
  let composites: Informer | undefined

  const resourceNamed = (rule: { apiVersion: string, resource: string }) =>
    resources.find(resource => resource.plural === rule.resource && apiVersionOf(resource) === rule.apiVersion)
  const resourceOf = ({ group, version, kind }: Kind) =>
    resources.find(resource => resource.kind === kind && resource.group === group && resource.version === version)

  function find (rule: { apiVersion: string, resource: string }): ApiResource {
    const resource = resourceNamed(rule)
    if (resource === undefined) throw new Error(`the server does not serve ${rule.resource} in ${rule.apiVersion}`)
    return resource
  }

  function resolve (object: KubeObject): Controller {
    const spec = controllerSpec(object)
    const parent = find(spec.parentResource)
    if (!parent.subresources.some(({ name }) => name === 'status')) throw new Error(`${parent.plural} have no status subresource`)
    const children = (spec.childResources ?? []).map(rule => ({
      resource: find(rule),
      method: rule.updateStrategy?.method ?? 'OnDelete' as const
    }))
    return { object, spec, parent, children, strategy, cache, resourceOf }
  }

  /**
   * Lists and watches all Secrets, or ConfigMaps, of the cluster from the first read on, and waits until that is
   * permitted, as Metacontroller's client does. Permission to get a single one is not enough.
   */
  const readData: ReadData = async ({ resource, name, namespace }) => {
    const informer = own.open(find({ apiVersion: 'v1', resource }))
    await informer.whenSynced
    return informer.get(`${namespace}/${name}`)
  }

  async function reconcile (object: KubeObject): Promise<void> {
    const { name } = object.metadata
    if (ended || sameJson(running.get(name)?.spec, object.spec)) return
    stop(name)
    try {
      const controller = resolve(object)
      const { sync, customize } = controller.spec.hooks ?? {}
      const endpoints = {
        sync: await resolveEndpoint(sync?.webhook, readData),
        customize: await resolveEndpoint(customize?.webhook, readData)
      }
      if (ended) return
      const end = startParentController({
        client,
        controller,
        endpoints,
        resourceNamed,
        informers: use(),
        events,
        workers
      })
      running.set(name, {
        spec: object.spec,
        stop () {
          end()
          for (const reason of ['Stopping', 'Stopped']) events.record(object, 'Normal', reason, `${reason} the controller ${name}`)
        }
      })
      for (const reason of ['Starting', 'Started']) events.record(object, 'Normal', reason, `${reason} the controller ${name}`)
    } catch (error) {
      // Retried after the next discovery.
      log('error', 'controller not started', { controller: name, error: errorMessage(error) })
      events.record(object, 'Warning', 'CreateError', `Cannot create the controller: ${errorMessage(error)}`)
    }
  }

  /** One after the other, as Metacontroller does: one that waits for permissions delays all others. */
  let turn: Promise<void> = Promise.resolve()
  function inTurn (act: () => void | Promise<void>): void {
    turn = turn.then(act).catch(unexpected)
  }

  function stop (name: string): void {
    running.get(name)?.stop()
    running.delete(name)
  }

  /** One that loses its labels runs on until this process ends: Metacontroller filters events, and this one too. */
  const isTarget = ({ metadata }: KubeObject): boolean => selects(target, metadata.labels)

  async function discover (): Promise<void> {
    try {
      await client.discovery.refresh()
      resources = await client.discovery.all()
    } catch (error) {
      log('error', 'discovery failed', { error: errorMessage(error) })
    }
    run()
  }

  let leads = false
  // The caller ends this process where it cannot lead.
  leading.then(() => {
    leads = true
    run()
  }, () => {})

  function run (): void {
    const resource = resourceNamed(controllerKind)
    if (!leads || ended || resource === undefined) return
    composites ??= own.open(resource, {
      changed: (_, now) => { if (isTarget(now)) inTurn(() => reconcile(now)) },
      deleted: last => { if (isTarget(last)) inTurn(() => stop(last.metadata.name)) }
    })
    for (const object of composites.all().filter(isTarget)) inTurn(() => reconcile(object))
  }

  let timer: NodeJS.Timeout | undefined
  const loop = async (): Promise<void> => {
    await discover()
    if (!ended) timer = setTimeout(() => { loop().catch(unexpected) }, discoveryInterval)
  }
  loop().catch(unexpected)
  return () => {
    ended = true
    clearTimeout(timer)
    for (const name of [...running.keys()]) stop(name)
    own.close()
  }
}
