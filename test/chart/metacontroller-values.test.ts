import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { repositoryPath } from '../cluster/paths.ts'
import { readFlags } from '../stand-in/flags.ts'

interface Values {
  replicas?: number
  commandArgs: string[]
  resources: { limits: { memory: string } }
  env: Array<{ name: string, value: string }>
}

const base = valuesIn('values.yaml')
const overlays = readdirSync(repositoryPath('metacontroller')).filter(name => /^values-\d+-tenants\.yaml$/.test(name))

it('two replicas of Metacontroller elect a leader', () => {
  expect(base.replicas).toBe(2)
  expect(base.commandArgs).toContain('--leader-election')
})

it('docs/install.md appends an argument to those of values.yaml', () => {
  const page = readFileSync(repositoryPath('docs/install.md'), 'utf8')
  expect(page).toContain(`--set 'commandArgs[${base.commandArgs.length}]=--target-label-selector=app.kubernetes.io/name=k8s-mtp'`)
})

it('values exist for 100, 1000 and 10000 tenants', () => {
  expect(overlays.map(name => Number(/\d+/.exec(name)?.[0])).sort((a, b) => a - b)).toEqual([100, 1000, 10000])
})

describe.each(['values.yaml', ...overlays])('metacontroller/%s', name => {
  const { commandArgs, resources, env } = { ...base, ...valuesIn(name) }

  it('has only known flags', () => {
    expect(readFlags([...commandArgs, '--kubeconfig=x'], {})).toMatchObject({ metricsAddress: ':9999', healthAddress: ':8081' })
  })

  it('repeats the flags of values.yaml, and changes only limits: helm replaces lists', () => {
    const limits = ['--client-go-qps', '--client-go-burst', '--workers']
    const others = (args: string[]) => args.filter(arg => !limits.includes(arg.split('=')[0] ?? ''))
    expect(others(commandArgs)).toEqual(others(base.commandArgs))
    expect(commandArgs.map(nameOf)).toEqual(base.commandArgs.map(nameOf))
  })

  it('sets GOMEMLIMIT below the memory limit', () => {
    const limit = mebibytes(env.find(({ name }) => name === 'GOMEMLIMIT')?.value ?? '')
    expect(limit).toBeLessThan(mebibytes(resources.limits.memory))
    expect(limit).toBeGreaterThan(0.8 * mebibytes(resources.limits.memory))
  })
})

function valuesIn (name: string): Values {
  return parse(readFileSync(repositoryPath(`metacontroller/${name}`), 'utf8'))
}

function nameOf (flag: string): string | undefined {
  return flag.split('=')[0]
}

/** Parses a quantity of Kubernetes or Go: 1Gi, 320MiB. */
function mebibytes (text: string): number {
  const [, number, unit] = /^(\d+)([MG])iB?$/.exec(text) ?? []
  return Number(number) * (unit === 'G' ? 1024 : 1)
}
