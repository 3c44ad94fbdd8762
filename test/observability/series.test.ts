import { expect, it } from 'vitest'
import { seriesOfTenants } from '../../observability/series.ts'

// kube-state-metrics 2.18 drops the second one, and shifts the names of those that follow.
it('every metric of Tenants is configured once', () => {
  const names = seriesOfTenants().map(({ name }) => name)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

it('every metric of Tenants has the label tenant first', () => {
  expect(seriesOfTenants().filter(({ labels }) => labels[0] !== 'tenant')).toEqual([])
})
