import { expect, it } from 'vitest'
import { queriedNames } from './promql.ts'

it.each([
  ['a metric', 'up', ['up']],
  ['a selector', 'up{job="down", code=~"a|b"} == 0', ['up']],
  ['functions and aggregations, in either order', 'sum by (le, hook) (rate(a_bucket{x="y"}[5m])) / sum(b) by (hook)', ['a_bucket', 'b']],
  ['set operators', 'a unless on () b and ignoring (c) d or vector(0)', ['a', 'b', 'd']],
  ['joins', 'a * on (namespace) group_left (tenant) (topk by (namespace) (1, b) * 0 + 1) > 0.9', ['a', 'b']],
  ['subqueries, offsets and scientific numbers', 'changes(max by (t) (a)[1h:1m]) > 1e3 or b offset 1d', ['a', 'b']],
  ['Grafana variables', 'rate(a{job=~"$job"}[$__rate_interval]) > $limit', ['a']],
  ['a label with the name of a metric', 'up{up="up"}', ['up']],
  ['boolean comparisons', 'a == bool 1', ['a']]
])('finds the names in %s', (_, expr, names) => {
  expect(queriedNames(expr)).toEqual(names)
})
