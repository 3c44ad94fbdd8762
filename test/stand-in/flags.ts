import type { ApplyStrategy } from './plan-writes.ts'
import { parseDuration } from '../../src/cli/input/duration.ts'

export interface Flags {
  kubeconfig: string
  strategy: ApplyStrategy
  discoveryInterval: number
  workers: number
  metricsAddress: string
  healthAddress: string
}

const defaults: Record<string, string> = {
  kubeconfig: '',
  'apply-strategy': 'dynamic-apply',
  'discovery-interval': '30s',
  workers: '5',
  'metrics-address': ':9999',
  'health-probe-bind-address': ':8081'
}

/** Flags of Metacontroller without an effect here: the stand-in has no request limits, leader election or profiles. */
const ignored = [
  'client-go-qps', 'client-go-burst', 'cache-flush-interval', 'events-qps', 'events-burst', 'pprof-address', 'leader-election',
  'leader-election-id', 'leader-election-namespace', 'leader-election-resource-lock', 'zap-devel', 'zap-encoder', 'zap-log-level',
  'zap-stacktrace-level', 'zap-time-encoding'
]
const switches = ['leader-election', 'zap-devel']

/** `--name=value`, `--name value`, and either with one dash. Throws for an unknown flag, and for one that the stand-in does not support. */
export function readFlags (args: string[], env: NodeJS.ProcessEnv): Flags {
  const given = { ...defaults, ...parse(args) }
  const strategy = given['apply-strategy']
  if (strategy !== 'dynamic-apply' && strategy !== 'server-side-apply') throw new Error(`--apply-strategy=${strategy}: no such strategy`)
  const kubeconfig = given.kubeconfig || env.KUBECONFIG
  if (kubeconfig === undefined || kubeconfig === '') throw new Error('--kubeconfig is missing')
  const discoveryInterval = parseDuration(given['discovery-interval'] ?? '')
  if (discoveryInterval === undefined) throw new Error(`--discovery-interval=${given['discovery-interval']}: not a duration`)
  return {
    kubeconfig,
    strategy,
    discoveryInterval,
    workers: Number(given.workers),
    metricsAddress: given['metrics-address'] ?? '',
    healthAddress: given['health-probe-bind-address'] ?? ''
  }
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
