import { errorMessage } from '../../src/error-message.ts'
import type { KubeClient } from '../cluster/client.ts'
import { refOf, type KubeObject } from '../cluster/kube-object.ts'
import { changesIn, openReference, type Reference } from './admitted.ts'
import type { Item } from './find-charts.ts'
import { install, type Installed, type Refusal } from './install.ts'
import { applyRemedy, remediesIn, type Remedy } from './remedies.ts'
import { render, type Renderer } from './render.ts'
import { outOfScope } from './scope.ts'
import { openTenant, type ChartTenant } from './tenant.ts'
import { MAX_VALUES, valuesOf, verdictOf, type Outcome, type Verdict } from './verdict.ts'

export interface Trial {
  client: KubeClient
  className: string
  renderer: Renderer
}

export interface Tried extends Verdict {
  name: string
  kind: Item['kind']
  milliseconds: number
}

/** Installs an item in a Tenant of its own, with a name that no other has, and deletes both after. */
export async function tryItem (item: Item, tenantName: string, trial: Trial): Promise<Tried> {
  const start = performance.now()
  // Others go on without it.
  const failed = (error: unknown): Outcome => ({ notRendered: `could not be tried: ${errorMessage(error)}` })
  const verdict = verdictOf(await outcomeOf(item, tenantName, trial).catch(failed))
  return { name: item.name, kind: item.kind, ...verdict, milliseconds: Math.round(performance.now() - start) }
}

async function outcomeOf (item: Item, tenantName: string, { client, className, renderer }: Trial): Promise<Outcome> {
  const namespace = `tenant-${tenantName}-app`
  const rendered = await render(item, namespace, renderer)
  if ('notRendered' in rendered) return rendered
  if (rendered.objects.length === 0) return { notRendered: 'renders no objects with default values' }
  const outside = await outOfScope(rendered.objects, client.discovery, namespace)
  if (outside.length > 0) return { outOfScope: outside }
  const tenant = await openTenant(client, className, tenantName)
  const reference = await openReference(client, `outside-${tenantName}`, tenant)
  try {
    return await installWithRemedies(client, tenant, reference, unique(rendered.objects))
  } finally {
    await tenant.remove()
    await client.delete({ apiVersion: 'v1', kind: 'Namespace', name: reference.namespace })
  }
}

/** Installs, and repeats what was refused with the values that the messages name, as a team would. */
async function installWithRemedies (
  client: KubeClient, tenant: ChartTenant, reference: Reference, objects: KubeObject[]
): Promise<Outcome> {
  const applied: Remedy[] = []
  const overcome: Refusal[] = []
  const all: Installed = { admitted: [], refused: [] }
  for (let next = objects; ;) {
    const { admitted, refused } = await install(client, tenant, next)
    all.admitted.push(...admitted)
    const invalid = applied.length === 0 ? refused.find(({ message }) => isInvalid(message)) : undefined
    if (invalid !== undefined) return { notRendered: `${invalid.object.kind} is invalid: ${invalid.message}` }
    if (refused.length === 0) return { changes: await changesIn(all, tenant, reference), applied, overcome }
    const remedies = refused.map(({ message }) => remediesIn(message))
    if (remedies.some(found => found.length === 0)) return { refused, applied }
    if (valuesOf([...applied, ...remedies.flat()]).length > MAX_VALUES) return { refused, applied }
    next = refused.map(({ object, subject }, index) =>
      (remedies[index] ?? []).reduce((changed, remedy) => applyRemedy(remedy, changed, subject), object))
    // A remedy without effect would be refused again and again.
    if (next.every((object, index) => JSON.stringify(object) === JSON.stringify(refused[index]?.object))) return { refused, applied }
    applied.push(...remedies.flat())
    overcome.push(...refused)
  }
}

/** Kubernetes accepts it in no namespace. */
const isInvalid = (message: string): boolean => /^\S+ (in version )?"[^"]*" (is invalid: |cannot be handled as an? )/.test(message)

/** Of manifests for the same object, the last one. */
function unique (objects: KubeObject[]): KubeObject[] {
  return [...new Map(objects.map(object => [JSON.stringify(refOf(object)), object])).values()]
}
