import { expect, test } from 'vitest'
import { readFlags } from './flags.ts'

test('parses the flags of Metacontroller in each syntax', () => {
  expect(readFlags([
    '--kubeconfig', 'file', '-apply-strategy=server-side-apply', '--discovery-interval=5s', '--metrics-address=127.0.0.1:1',
    '--health-probe-bind-address', '127.0.0.1:2', '--workers=20', '--client-go-qps=300', '--client-go-burst', '600', '--leader-election',
    '--target-label-selector=app=x', '--zap-log-level=4'
  ], {})).toEqual({
    kubeconfig: 'file',
    strategy: 'server-side-apply',
    discoveryInterval: 5000,
    workers: 20,
    metricsAddress: '127.0.0.1:1',
    healthAddress: '127.0.0.1:2',
    target: { matchExpressions: [{ key: 'app', operator: 'In', values: ['x'] }] },
    lease: { name: 'metacontroller', namespace: undefined }
  })
})

test('reads the kubeconfig from the environment', () => {
  expect(readFlags([], { KUBECONFIG: 'file' })).toMatchObject({
    kubeconfig: 'file',
    strategy: 'dynamic-apply',
    discoveryInterval: 30_000,
    target: { matchExpressions: [] },
    lease: undefined
  })
})

test('has no kubeconfig in a pod', () => {
  expect(readFlags([], {}).kubeconfig).toBeUndefined()
})

test('names the Lease', () => {
  expect(readFlags(['--leader-election=true', '--leader-election-id=mine', '--leader-election-namespace', 'here'], {}).lease)
    .toEqual({ name: 'mine', namespace: 'here' })
  expect(readFlags(['--leader-election=false', '--leader-election-id=mine'], {}).lease).toBeUndefined()
})

test.each([
  [['--no-such-flag']],
  [['file']],
  [['--apply-strategy=other']],
  [['--workers']],
  [['--kubeconfig=x', '--discovery-interval=soon']],
  [['--leader-election=maybe']],
  [['--leader-election', '--leader-election-id=']],
  [['--leader-election-resource-lock=configmaps']],
  [['--target-label-selector=app>1']]
])('refuses %j', args => {
  expect(() => readFlags(args, {})).toThrow()
})
