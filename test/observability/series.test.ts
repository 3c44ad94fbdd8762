import { expect, it } from 'vitest'
import { seriesOfTenants } from '../../observability/series.ts'

it('no series of Tenants is configured twice: kube-state-metrics 2.18 drops the second, and shifts the names of those that follow', () => {
  const names = seriesOfTenants().map(({ name }) => name)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

it('every series of Tenants has the label tenant first', () => {
  expect(seriesOfTenants().filter(({ labels }) => labels[0] !== 'tenant')).toEqual([])
})
