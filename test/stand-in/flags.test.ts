import { expect, test } from 'vitest'
import { readFlags } from './flags.ts'

test('parses the flags of Metacontroller in each syntax', () => {
  expect(readFlags([
    '--kubeconfig', 'file', '-apply-strategy=server-side-apply', '--discovery-interval=5s', '--metrics-address=127.0.0.1:1',
    '--health-probe-bind-address', '127.0.0.1:2', '--workers=20', '--client-go-qps=300', '--client-go-burst', '600', '--leader-election'
  ], {})).toEqual({
    kubeconfig: 'file',
    strategy: 'server-side-apply',
    discoveryInterval: 5000,
    workers: 20,
    metricsAddress: '127.0.0.1:1',
    healthAddress: '127.0.0.1:2'
  })
})

test('reads the kubeconfig from the environment', () => {
  expect(readFlags([], { KUBECONFIG: 'file' })).toMatchObject({
    kubeconfig: 'file',
    strategy: 'dynamic-apply',
    discoveryInterval: 30_000
  })
})

test.each([
  [['--no-such-flag']],
  [['file']],
  [['--apply-strategy=other']],
  [['--workers']],
  [['--kubeconfig=x', '--discovery-interval=soon']],
  [[]]
])('refuses %j', args => {
  expect(() => readFlags(args, {})).toThrow()
})
