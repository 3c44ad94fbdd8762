import type { ApplyStrategy } from '../plan-writes.ts'
import { sync, type Controller } from '../sync.ts'
import { keyOf } from '../object-map.ts'
import type { Write } from '../write.ts'
import { handEdits } from './hand-edits.ts'
import { recordedWorld, resourceOf, type Memory, type Replay } from './recorded-world.ts'
import { scenariosOf, syncsOf, type Scenario } from './recording.ts'

const parent = resourceOf('k8s-mtp.dev/v1', 'Tenant', 'tenants')
const children = [
  resourceOf('v1', 'Namespace', 'namespaces'),
  resourceOf('v1', 'ResourceQuota', 'resourcequotas'),
  resourceOf('v1', 'LimitRange', 'limitranges'),
  resourceOf('rbac.authorization.k8s.io/v1', 'Role', 'roles'),
  resourceOf('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings'),
  resourceOf('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies')
]
const sortedChildren = new Map(children.map(resource => [keyOf(resource), resource]))

/** The CompositeController of the recordings. */
function controller (strategy: ApplyStrategy): Controller {
  const object = {
    apiVersion: 'metacontroller.k8s.io/v1alpha1',
    kind: 'CompositeController',
    metadata: { name: 'k8s-mtp' }
  }
  return {
    object,
    spec: {
      parentResource: { apiVersion: 'k8s-mtp.dev/v1', resource: 'tenants' },
      generateSelector: true,
      hooks: { sync: { version: 'v2' } }
    },
    parent,
    children: children.map(resource => ({ resource, method: 'InPlace' as const })),
    strategy,
    cache: new Map(),
    resourceOf: kind => sortedChildren.get(keyOf(kind))
  }
}

/** The request to the hook and the writes of the stand-in, for each recorded sync of a scenario. */
export interface Replayed { scenario: Scenario, syncs: { parent: string, requests: unknown[], writes: Write[] }[] }

/** Replays all scenarios of a strategy in order, since an engine depends on what it applied before. */
export async function replay (strategy: ApplyStrategy): Promise<Replayed[]> {
  const engine = controller(strategy)
  const scenarios = scenariosOf(strategy)
  const memory: Memory = {
    live: new Map(),
    seen: new Map(),
    ahead: scenarios.flatMap(syncsOf).map(({ request }) => request)
  }
  const replayed: Replayed[] = []
  for (const scenario of scenarios) {
    if (scenario.scenario === '22-engine-restarted') engine.cache.clear()
    const codes = [...scenario.writes]
    const syncs: Replayed['syncs'] = []
    for (const [index, exchange] of syncsOf(scenario).entries()) {
      memory.ahead.shift()
      const done: Replay = { writes: [], requests: [] }
      const edits = index === 0 ? handEdits[scenario.scenario] ?? [] : []
      // A sync that fails is followed by the next one, as in the recordings.
      await sync(engine, recordedWorld(memory, exchange, edits, codes, done), exchange.request.parent).catch(() => {})
      syncs.push({ parent: exchange.request.parent.metadata.name, ...done })
    }
    replayed.push({ scenario, syncs })
  }
  return replayed
}
