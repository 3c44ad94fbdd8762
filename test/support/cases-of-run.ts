import { extentOfRun } from '../suites.ts'

/** The random cases of a test in this run: of all, a quick run has a quarter. Each run has another seed. */
export function casesOfRun (all: number): number {
  return extentOfRun === 'quick' ? Math.ceil(all / 4) : all
}
