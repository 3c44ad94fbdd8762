import { extentOfRun } from '../suites.ts'

/** The random cases of a test in this run: of all, a quick run has a quarter. Each run has another seed. */
export function casesOfRun (all: number): number {
  return extentOfRun === 'quick' ? Math.ceil(all / 4) : all
}

/** The cases of a table in this run: of all, a quick run has a random half, in the order of the table. */
export function halfInQuickRuns<T> (all: readonly T[]): T[] {
  if (extentOfRun !== 'quick') return [...all]
  const places = all.map((_, place) => ({ place, order: Math.random() })).sort((a, b) => a.order - b.order).slice(0, Math.ceil(all.length / 2))
  return places.sort((a, b) => a.place - b.place).flatMap(({ place }) => all.slice(place, place + 1))
}
