import { describe, expect, it } from 'vitest'
import type { TenantClass } from '../../src/api/tenant-class.ts'
import { exceededBy, maxOf, readMix, shippedClasses, tableUnder, workloads } from '../support/workloads.ts'

const classes = tableUnder('The shipped classes').map(line => ({ ...line, name: /^\[(.*)\]\(.*\)$/.exec(line['class'] ?? '')?.[1] ?? '' }))
const named = (name: string): TenantClass => {
  const found = shippedClasses.get(name)
  if (found === undefined) throw new Error(`${name} is no shipped class`)
  return found
}

describe('docs/classes.md', () => {
  it('lists all shipped classes', () => {
    expect(classes.map(({ name }) => name).sort()).toEqual([...shippedClasses.keys()].sort())
  })

  it.each(classes)('lists the amounts of the class $name', ({ name, ...line }) => {
    const { quotas, limits, overrides } = named(name).spec
    const [quota, bounds, max] = [quotas['tenant-quota'], overrides?.quotas?.['tenant-quota'], limits[0]?.max]
    expect(line).toMatchObject({
      cpu: quota?.['cpu'],
      memory: quota?.['memory'],
      pods: quota?.['pods'],
      storage: quotas['tenant-storage']?.['requests.storage'],
      container: `${max?.['cpu']}, ${max?.['memory']}`,
      'up to': bounds === undefined ? '-' : `${bounds['cpu']?.max}, ${bounds['memory']?.max}`
    })
    expect(limits[0]?.default).toEqual(max)
  })

  it.each(classes)('lists workloads that fit together into the class $name', ({ name, ...line }) => {
    const mix = readMix((line as Record<string, string>)['fits together, for example'] ?? '')
    expect(exceededBy(mix, named(name))).toEqual([])
    expect(exceededBy(mix.map(([workload, count]) => [workload, count * 20]), named(name))).not.toEqual([])
  })

  it('lists how many of each workload fit', () => {
    expect(tableUnder('What fits')).toEqual(workloads.map(workload => ({
      workload: workload.name,
      ...Object.fromEntries([...shippedClasses].map(([name, found]) => [name, String(maxOf(workload, found))]))
    })))
  })
})
