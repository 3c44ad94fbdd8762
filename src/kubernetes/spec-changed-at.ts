import { textAt } from './json.ts'
import type { ObservedObject } from './object.ts'

/** When the spec was written last, in milliseconds since 1970: by the managed fields, or by the creation. */
export function specChangedAt ({ metadata }: ObservedObject): number | undefined {
  const ofSpec = (metadata.managedFields ?? [])
    .filter(({ subresource, fieldsV1 = {} }) => subresource === undefined && 'f:spec' in fieldsV1)
  const times = [textAt({ ...metadata }, 'creationTimestamp'), ...ofSpec.map(({ time = '' }) => time)]
    .map(text => Date.parse(text)).filter(time => !Number.isNaN(time))
  return times.length === 0 ? undefined : Math.max(...times)
}
