import { classKind, type Operation } from './operation.ts'
import { editClass, initialClasses } from './class-operations.ts'
import { changeData } from './data-operations.ts'
import type { Model } from './model.ts'
import type { Picks } from './picks.ts'
import { breakRecord, foreignLabel, holdObject, releaseObject, tamper, tamperNamespace } from './tampering.ts'
import { addNamespace, createTenant, deleteNamespace, deleteOrphaned, deleteTenant, editTenant, invalidTenant, removeNamespace } from './tenant-operations.ts'

export interface Settings {
  strategy: string
  now: Date
}

type Generate = (model: Model, picks: Picks, settings: Settings) => Operation | undefined

const generators: Array<readonly [weight: number, Generate]> = [
  [8, (model, picks, { now }) => createTenant(model, picks, now)],
  [14, (model, picks, { now }) => editTenant(model, picks, now)],
  [3, (model, picks, { now }) => addNamespace(model, picks, now)],
  [2, (model, picks, { now }) => removeNamespace(model, picks, now)],
  [2, (model, picks, { now }) => invalidTenant(model, picks, now)],
  [3, (model, picks, { now }) => deleteTenant(model, picks, now)],
  [3, (model, picks, { now }) => deleteNamespace(model, picks, now)],
  [3, model => deleteOrphaned(model)],
  [4, (model, picks) => editClass(model, picks)],
  [22, (model, picks, { strategy }) => tamper(model, picks, strategy)],
  [3, (model, picks, { strategy }) => tamperNamespace(model, picks, strategy)],
  [3, (model, picks) => breakRecord(model, picks)],
  [4, (model, picks) => foreignLabel(model, picks)],
  [2, (model, picks) => holdObject(model, picks)],
  [3, model => releaseObject(model)],
  [18, (model, picks) => changeData(model, picks)],
  [5, (_, picks) => kill(picks)]
]

/** Creates the classes, before all other operations. */
export function createClasses (): Operation[] {
  return initialClasses().map(tenantClass => {
    const { name } = tenantClass.metadata
    return {
      kind: 'create class',
      text: `create TenantClass ${name}`,
      concerns: [`TenantClass ${name}`],
      actor: 'admin',
      requests: [{ verb: 'create', object: { ...classKind, metadata: { name }, spec: tenantClass.spec } }],
      expected: ['admitted'],
      change: ({ classes }) => { classes.set(name, tenantClass) }
    }
  })
}

/** The next operation, by the model and these decisions alone. */
export function generate (model: Model, picks: Picks, settings: Settings): Operation {
  if (model.tenants.size < 2) {
    const first = createTenant(model, picks, settings.now)
    if (first !== undefined) return first
  }
  for (let attempt = 0; attempt < 20; attempt++) {
    const found = picks.weighted(generators)(model, picks, settings)
    if (found !== undefined) return found
  }
  throw new Error('no operation is possible')
}

function kill (picks: Picks): Operation {
  const part = picks.weighted([[4, 'hook'], [4, 'engine'], [3, 'apiserver']] as const)
  const index = picks.below(2)
  const downMilliseconds = 200 + picks.below(part === 'apiserver' ? 1_500 : 4_000)
  return {
    kind: `kill ${part}`,
    text: `kill ${part}${part === 'engine' ? ` ${index}` : ''} for ${downMilliseconds} ms`,
    concerns: [],
    actor: 'admin',
    requests: [],
    expected: ['admitted'],
    kill: { part, index, downMilliseconds }
  }
}
