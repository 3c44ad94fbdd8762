import { extentOfRun } from '../suites.ts'

/** The random cases of a test in this run: of all, a quick run has a quarter. Each run has another seed. */
export function casesOfRun (all: number): number {
  return extentOfRun === 'quick' ? Math.ceil(all / 4) : all
}

const isEven = Math.random() < 0.5

/** The cases of a table in this run: of all, a quick run has every second one, by chance beginning with the first or the second. */
export function halfInQuickRuns<T> (all: readonly T[]): T[] {
  return all.filter((_, index) => extentOfRun !== 'quick' || (index % 2 === 0) === isEven)
}
