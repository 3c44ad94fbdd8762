import type { Row } from '../report.ts'
import type { Figures } from './measure.ts'
import type { Profile } from './profile.ts'

type Table = readonly [heading: string, rows: Row[]]

export function hookTables (figures: Figures): Table[] {
  const { cpuMilliseconds: cpu, requestsPerSecond: perSecond, memory } = figures
  const heading = `${figures.requests} requests of ${figures.bodyKiB.toFixed(0)} KiB, responses of ${figures.responseKiB.toFixed(0)} KiB, ` +
    `${figures.connections} connections, ${figures.strategy}`
  return [[heading, [
    ['', 'CPU ms a request', 'over parse and stringify', 'requests a second', 'of bare'],
    ['parse and stringify', cpu.json, 1, '', ''],
    ['bare Fastify', cpu.bare, figures.bareCpuOverJson, perSecond.bare, 1],
    ['hook', cpu.hook, figures.cpuOverJson, perSecond.hook, figures.throughputRatio],
    ['goal', '', 3.5, '', 0.7]
  ]], ['Memory of the hook, MiB', [
    ['warm', 'after each round', 'peak', 'goal'],
    [memory.warm, memory.rounds.join(' '), memory.peak, 80]
  ]]]
}

export function profileTables ({ phases, functions }: Profile): Table[] {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  return [
    ['Profile by phase', Object.entries(phases).map(([phase, share]) => [phase, percent(share)])],
    ['Functions that take most themselves', functions.map(([name, share]) => [percent(share), name])]
  ]
}
