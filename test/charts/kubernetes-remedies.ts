import { isRecord } from '../cluster/api-error.ts'
import { exceeds } from '../../src/kubernetes/amounts.ts'
import { containersOf, type PodTemplate } from './objects.ts'

/** A change of pods that a message of Kubernetes names: of Pod Security, or of a LimitRange. */
export interface PodChange {
  /** Such as `securityContext.runAsUser of web`: the same text is the same value. */
  text: string
  apply: (pod: PodTemplate) => void
}

/** Returns the changes that a message names; none if it does not name all that has to change. */
export function podChangesIn (message: string): PodChange[] {
  const clauses = /violates PodSecurity "[^"]*": (?<text>.*)/s.exec(message)?.groups?.text
  if (clauses !== undefined) {
    const found = [...clauses.matchAll(/\(([^()]*)\)/g)].flatMap(([, text = '']) => text.split('; ')).map(podSecurityChange)
    return found.length > 0 && found.every(change => change !== undefined) ? found.filter(change => change !== undefined) : []
  }
  return [...message.matchAll(/maximum (?<resource>\S+) usage per Container is (?<max>[^\s,]+), but (?:limit|request) is /g)]
    .map(({ groups: { resource = '', max = '' } = {} }) => limitChange(resource, max))
}

function podSecurityChange (text: string): PodChange | undefined {
  const [, target = '', rest = ''] = /^((?:pod or )?(?:pod|containers?)(?: "[^"]*",?)*) (must .*)$/.exec(text) ?? []
  const names = [...target.matchAll(/"([^"]*)"/g)].map(([, name]) => name)
  const where = target.startsWith('pod') ? 'the pod' : names.join(' and ')
  const change = (what: string, apply: (context: Record<string, unknown>) => void): PodChange => ({
    text: `${what} of ${where}`,
    apply: pod => {
      const owners = target.startsWith('pod') ? [pod.spec] : containersOf(pod).filter(({ name }) => names.includes(String(name)))
      for (const owner of owners) {
        const context = isRecord(owner.securityContext) ? owner.securityContext : {}
        apply(context)
        owner.securityContext = context
      }
    }
  })
  const set = /^must set securityContext\.(?<path>[\w.]+)(?:=(?<value>\S+)| to "(?<name>\w+)")/.exec(rest)?.groups
  if (set !== undefined) {
    const value: unknown = set['name'] ?? JSON.parse(set['value'] ?? 'null')
    return change(`securityContext.${set['path'] ?? ''}: ${JSON.stringify(value)}`, context => setAt(context, (set['path'] ?? '').split('.'), value))
  }
  const [, field] = /^must not set (?:securityContext\.)?(\w+)=\S+$/.exec(rest) ?? []
  if (field !== undefined) return change(`no securityContext.${field}`, context => { Reflect.deleteProperty(context, field) })
  const [, items] = /^must not include ((?:"\w+"(?:, )?)+) in securityContext\.capabilities\.add$/.exec(rest) ?? []
  if (items === undefined) return undefined
  const capabilities = [...items.matchAll(/"(\w+)"/g)].map(([, name]) => name)
  return change(`no ${capabilities.join(' and ')} in securityContext.capabilities.add`, context => {
    const all = isRecord(context.capabilities) ? context.capabilities : {}
    if (Array.isArray(all.add)) all.add = all.add.filter(name => !capabilities.includes(name as string))
  })
}

function setAt (object: Record<string, unknown>, [key = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) object[key] = value
  else {
    const inner = isRecord(object[key]) ? object[key] : {}
    object[key] = inner
    setAt(inner, rest, value)
  }
}

function limitChange (resource: string, max: string): PodChange {
  return {
    text: `resources.limits.${resource}: ${max}`,
    apply: pod => {
      for (const { resources } of containersOf(pod)) {
        for (const field of ['limits', 'requests']) {
          const amounts = isRecord(resources) ? resources[field] : undefined
          if (isRecord(amounts) && amounts[resource] !== undefined && exceeds(String(amounts[resource]), max)) amounts[resource] = max
        }
      }
    }
  }
}
