import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { repositoryPath } from '../cluster/paths.ts'
import { readFlags } from '../stand-in/flags.ts'

interface Resources {
  requests: { cpu: string, memory: string }
  limits: { memory: string }
}

interface Values {
  replicas?: number
  commandArgs: string[]
  resources: Resources
  env: Array<{ name: string, value: string }>
}

type Size = '100' | '1000' | '10000'
type Sizing = Record<Size, { metacontroller: { args: string[], resources: Resources } }>

const base = read<Values>('metacontroller/values.yaml')
const sizing = read<Sizing>('chart/files/sizing.yaml')
const overlays = readdirSync(repositoryPath('metacontroller')).filter(name => /^values-\d+-tenants\.yaml$/.test(name))

it('two replicas of Metacontroller elect a leader', () => {
  expect(base.replicas).toBe(2)
  expect(base.commandArgs).toContain('--leader-election')
})

it('values exist for each sizing of the chart, values.yaml for the smallest', () => {
  expect(['100', ...overlays.map(sizeOf)].sort()).toEqual(Object.keys(sizing).sort())
})

it('docs/install.md has the argument by which the chart accepts another Metacontroller', () => {
  const [argument = ''] = /--target-label-selector=\S+?!=k8s-mtp/.exec(text('chart/templates/metacontroller/occupied.yaml')) ?? []
  expect(argument).not.toBe('')
  expect(text('docs/install.md')).toContain(`\n${argument}\n`)
})

describe.each(['values.yaml', ...overlays])('metacontroller/%s', name => {
  const { commandArgs, resources, env } = { ...base, ...read<Values>(`metacontroller/${name}`) }
  const { args, resources: resourcesOfChart } = sizing[sizeOf(name)].metacontroller

  it('has only known flags', () => {
    expect(readFlags([...commandArgs, '--kubeconfig=x'], {})).toMatchObject({ metricsAddress: ':9999', healthAddress: ':8081' })
  })

  it('has the client limits, workers and resources of the sizing in the chart', () => {
    expect(commandArgs.slice(-args.length)).toEqual(args)
    expect(resources).toEqual(resourcesOfChart)
  })

  it('repeats the other flags of values.yaml: helm replaces lists', () => {
    expect(commandArgs.slice(0, -args.length)).toEqual(base.commandArgs.slice(0, -args.length))
    expect(commandArgs.map(nameOf)).toEqual(base.commandArgs.map(nameOf))
  })

  it('sets GOMEMLIMIT to 85 % of the memory limit, as the chart does', () => {
    expect(env).toEqual([{ name: 'GOMEMLIMIT', value: `${Math.floor(mebibytes(resources.limits.memory) * 0.85)}MiB` }])
  })
})

function text (path: string): string {
  return readFileSync(repositoryPath(path), 'utf8')
}

function read<T> (path: string): T {
  return parse(text(path))
}

/** The number of namespaces that a file of values is for. */
function sizeOf (name: string): Size {
  return (/\d+/.exec(name)?.[0] ?? '100') as Size
}

function nameOf (flag: string): string | undefined {
  return flag.split('=')[0]
}

/** Parses a quantity: 1Gi, 384Mi. */
function mebibytes (quantity: string): number {
  const [, number, unit] = /^(\d+)([MG])i$/.exec(quantity) ?? []
  return Number(number) * (unit === 'G' ? 1024 : 1)
}
