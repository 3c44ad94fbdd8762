import { describe, expect, it } from 'vitest'
import { flagOf, readWorkload, repositoryOf, tagOf } from '../../src/check/workload.ts'

it.each([
  ['metacontroller:v4.17.2', 'metacontroller', 'v4.17.2'],
  ['registry.example.com:5000/team/k8s-mtp', 'registry.example.com:5000/team/k8s-mtp', undefined],
  ['registry.example.com:5000/team/k8s-mtp:0.1.0@sha256:0123', 'registry.example.com:5000/team/k8s-mtp', '0.1.0'],
  ['k8s-mtp@sha256:0123', 'k8s-mtp', undefined]
])('reads the image %s', (image, repository, tag) => {
  expect([repositoryOf(image), tagOf(image)]).toEqual([repository, tag])
})

describe('flagOf', () => {
  it.each([
    [['--qps=5'], '5'],
    [['-qps', '5'], '5'],
    [['--qps', '--other'], 'true'],
    [['--qps'], 'true'],
    [['--qps=5', '--qps=6'], '6'],
    [['--qps-more=5'], undefined],
    [[], undefined]
  ])('%j: %s', (args, value) => {
    expect(flagOf(args, 'qps')).toBe(value)
  })
})

it('reads a workload of any shape', () => {
  expect(readWorkload({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec: { template: { spec: { containers: 'none' } } } }))
    .toEqual({ kind: 'Deployment', namespace: '', name: 'a', labels: {}, replicas: 1, ready: 0, serviceAccount: 'default', containers: [] })
})
