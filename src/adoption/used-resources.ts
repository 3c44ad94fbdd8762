import { fieldsAt, listAt, type Fields } from '../kubernetes/json.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { canonicalQuantity, parseQuantity } from '../kubernetes/quantity.ts'
import { countedResource } from '../kubernetes/quota-resources.ts'

/** Resource name, as quotas name it, to the quantity in use. */
export type Usage = ReadonlyMap<string, string>

/** Reads what existing quotas count, and sums up the running pods for the rest; more may be used than is known. */
export function usageIn (contents: readonly ObservedObject[], pods: readonly ObservedObject[] = []): Usage {
  return new Map([...podUsage(pods), ...quotaUsage(contents)])
}

function quotaUsage (contents: readonly ObservedObject[]): Array<[string, string]> {
  return contents.filter(object => object.kind === 'ResourceQuota' && !hasScopes(object)).flatMap(quota =>
    Object.entries(fieldsAt(fieldsAt(quota, 'status'), 'used'))
      .map(([resource, amount]): [string, string] => [countedResource(resource), String(amount)]))
}

/** A quota with scopes counts only some pods. */
export function hasScopes (quota: ObservedObject): boolean {
  const { scopes, scopeSelector } = fieldsAt(quota, 'spec')
  return scopes !== undefined || scopeSelector !== undefined
}

function podUsage (pods: readonly ObservedObject[]): Map<string, string> {
  const running = pods.filter(pod => !['Succeeded', 'Failed'].includes(String(fieldsAt(pod, 'status')['phase'])))
  const milli = new Map<string, bigint>([['pods', BigInt(running.length) * 1000n]])
  for (const [resource, amount] of running.flatMap(containersOf).flatMap(containerUsage)) {
    milli.set(resource, (milli.get(resource) ?? 0n) + (parseQuantity(String(amount))?.milli ?? 0n))
  }
  return new Map([...milli].map(([resource, amount]) => [resource, canonicalQuantity(`${amount}m`) ?? '0']))
}

function containersOf (pod: ObservedObject): Fields[] {
  return listAt(fieldsAt(pod, 'spec'), 'containers')
}

function containerUsage (container: Fields): Array<[string, unknown]> {
  const resources = fieldsAt(container, 'resources')
  return ['requests', 'limits'].flatMap(side =>
    Object.entries(fieldsAt(resources, side)).map(([resource, amount]): [string, unknown] => [`${side}.${resource}`, amount]))
}
