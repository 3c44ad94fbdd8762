import { parseLabelSelector, type LabelSelector } from './label-selector.ts'
import type { ApplyStrategy } from './plan-writes.ts'
import { parseDuration } from '../../src/cli/input/duration.ts'

export interface Flags {
  /** Undefined: the API server of the pod that this runs in. */
  kubeconfig: string | undefined
  strategy: ApplyStrategy
  discoveryInterval: number
  workers: number
  metricsAddress: string
  healthAddress: string
  /** Selects the CompositeControllers to run. */
  target: LabelSelector
  /** The Lease of the leader, by default in the namespace of this pod; undefined: no leader is elected. */
  lease: { name: string, namespace: string | undefined } | undefined
}

const defaults: Record<string, string> = {
  kubeconfig: '',
  'apply-strategy': 'dynamic-apply',
  'discovery-interval': '30s',
  workers: '5',
  'metrics-address': ':9999',
  'health-probe-bind-address': ':8081',
  'target-label-selector': '',
  'leader-election': 'false',
  'leader-election-id': 'metacontroller',
  'leader-election-namespace': '',
  'leader-election-resource-lock': 'leases'
}

/** Flags of Metacontroller without an effect here: the stand-in has no request limits or profiles. */
const ignored = [
  'client-go-qps', 'client-go-burst', 'cache-flush-interval', 'events-qps', 'events-burst', 'pprof-address', 'zap-devel', 'zap-encoder',
  'zap-log-level', 'zap-stacktrace-level', 'zap-time-encoding'
]
const switches = ['leader-election', 'zap-devel']

/** `--name=value`, `--name value`, and either with one dash. Throws for an unknown flag, and for one that the stand-in does not support. */
export function readFlags (args: string[], env: NodeJS.ProcessEnv): Flags {
  const given = { ...defaults, ...parse(args) }
  const strategy = given['apply-strategy']
  if (strategy !== 'dynamic-apply' && strategy !== 'server-side-apply') throw new Error(`--apply-strategy=${strategy}: no such strategy`)
  const discoveryInterval = parseDuration(given['discovery-interval'] ?? '')
  if (discoveryInterval === undefined) throw new Error(`--discovery-interval=${given['discovery-interval']}: not a duration`)
  return {
    kubeconfig: given.kubeconfig || env.KUBECONFIG || undefined,
    strategy,
    discoveryInterval,
    workers: Number(given.workers),
    metricsAddress: given['metrics-address'] ?? '',
    healthAddress: given['health-probe-bind-address'] ?? '',
    target: parseLabelSelector(given['target-label-selector'] ?? ''),
    lease: leaseOf(given)
  }
}

function leaseOf (given: Record<string, string>): Flags['lease'] {
  const enabled = given['leader-election']
  if (enabled !== 'true' && enabled !== 'false') throw new Error(`--leader-election=${enabled}: must be true or false`)
  const lock = given['leader-election-resource-lock']
  if (lock !== 'leases') throw new Error(`--leader-election-resource-lock=${lock}: only leases is supported`)
  const name = given['leader-election-id'] ?? ''
  if (name === '') throw new Error('--leader-election-id is empty: it names the Lease')
  return enabled === 'true' ? { name, namespace: given['leader-election-namespace'] || undefined } : undefined
}

function parse (args: string[]): Record<string, string> {
  const given: Record<string, string> = {}
  for (let rest = args; rest.length > 0;) {
    const [flag = '', ...others] = rest
    const [, name = '', value] = /^--?([^=-][^=]*)(?:=(.*))?$/s.exec(flag) ?? []
    if (!Object.hasOwn(defaults, name) && !ignored.includes(name)) throw new Error(`${flag}: no such flag`)
    const isSwitch = switches.includes(name)
    if (value === undefined && !isSwitch && others.length === 0) throw new Error(`${flag} needs a value`)
    given[name] = value ?? (isSwitch ? 'true' : others[0] ?? '')
    rest = value === undefined && !isSwitch ? others.slice(1) : others
  }
  return given
}
