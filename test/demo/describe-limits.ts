import type { LimitRange, LimitRangeItem, ResourceQuota } from 'kubernetes-types/core/v1.js'

/** Usage and limit: `pods 0/20`, two resources per line. */
export function describeQuota ({ spec, status }: ResourceQuota): string[][] {
  const entries = Object.entries(spec?.hard ?? {}).map(([resource, hard]) =>
    [shortName(resource), `${status?.used?.[resource] ?? '?'}/${hard}`])
  return entries.flatMap((entry, index) => index % 2 === 0 ? [[...entry, ...entries[index + 1] ?? []]] : [])
}

/** `deployments` for `count/deployments.apps`; `count/pods`, since `pods` leaves some out. */
function shortName (resource: string): string {
  return resource.startsWith('count/') && resource !== 'count/pods' ? resource.slice('count/'.length).replace(/\..*/, '') : resource
}

export function describeLimitRange ({ spec }: LimitRange): string[][] {
  return (spec?.limits ?? []).flatMap(item => {
    const resources = [...new Set(amounts.flatMap(([field]) => Object.keys(item[field] ?? {})))]
    return resources.map((resource, index) => [index === 0 ? item.type : '', resource, amountsOf(item, resource)])
  })
}

const amounts = [
  ['defaultRequest', 'default request'], ['default', 'default limit'], ['min', 'min'], ['max', 'max']
] as const

function amountsOf (item: LimitRangeItem, resource: string): string {
  return amounts.flatMap(([field, words]) => {
    const amount = item[field]?.[resource]
    return amount === undefined ? [] : [`${words} ${amount}`]
  }).join(', ')
}
