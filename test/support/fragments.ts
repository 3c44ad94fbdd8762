import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { TenantClass } from '../../src/api/tenant-class.ts'

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function merge (into: Record<string, unknown>, from: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(from)) {
    const existing = into[key]
    if (isObject(existing) && isObject(value)) merge(existing, value)
    else into[key] = value
  }
}

/** Reads the YAML below a heading of docs/classes.md. */
export function fragmentUnder (heading: string): unknown {
  const page = readFileSync(new URL('../../docs/classes.md', import.meta.url), 'utf8')
  const [, section = ''] = page.split(new RegExp(`^#+ ${heading}$`, 'm'))
  const [, yaml] = /^```yaml\n(.*?)^```$/ms.exec(section.split(/^#+ /m)[0] ?? '') ?? []
  if (yaml === undefined) throw new Error(`docs/classes.md has no YAML under ${heading}`)
  return parse(yaml)
}

/** Sets the fields of a fragment in a class; lists are replaced. */
export function addFragment (spec: TenantClass['spec'], heading: string): void {
  merge(spec, (fragmentUnder(heading) as { spec: Record<string, unknown> }).spec)
}
