import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import type { TenantClass } from '../api/tenant-class.ts'
import { namespaceName, type Tenant } from '../api/tenant.ts'
import { desiredFor } from '../tenancy/desired/desired-state.ts'
import type { Manifest } from '../tenancy/desired/manifest.ts'
import { InputError } from './input/input-error.ts'
import { at, kindsIn, passedOver, type Found, type Kinds } from './input/kinds-in-files.ts'
import { readDocuments } from './input/manifest-files.ts'

export interface RenderOptions {
  /** File or folder of Tenants. */
  filename: string
  /** File or folder of TenantClasses. */
  classes?: string
  /** `yaml` or `json`. */
  output: string
}

const shippedClasses = fileURLToPath(new URL('../../examples/classes/default.yaml', import.meta.url))

/**
 * Prints all objects that the Tenants come to.
 * @throws InputError with a line for each finding, so that nothing is printed of input that is not fully right
 */
export async function render ({ filename, classes, output }: RenderOptions): Promise<void> {
  if (output !== 'yaml' && output !== 'json') throw new InputError(`--output is yaml or json, not ${output}`)
  process.stdout.write(serialise(await renderFiles(filename, classes, new Date(), other => { process.stderr.write(`${other}\n`) }), output))
}

/**
 * All objects that the Tenants in a file or folder come to now, in the order of the files: rights that have ended are not among them.
 * @param tell gets `file:line: message` for each document that is passed over
 * @throws InputError as {@link render}
 */
export async function renderFiles (filename: string, classesPath?: string, now = new Date(), tell: (other: string) => void = () => {}): Promise<Manifest[]> {
  const input = kindsIn(await readDocuments(filename))
  const classes = await classesFor(input, classesPath)
  throwOn([...input.findings, ...classes.findings])
  for (const other of [...input.others, ...classes.others]) tell(other)
  if (input.tenants.length === 0) throw new InputError(`${filename}: there is no Tenant in it`)
  throwOn([...duplicates(input.tenants), ...sharedNamespaces(input.tenants)])

  const results = input.tenants.map(tenant => renderTenant(tenant, classes.classes, now))
  throwOn(results.flatMap(({ findings }) => findings))
  return results.flatMap(({ manifests }) => manifests)
}

/** Those asked for; else those that lie beside the Tenants, and the class `default` as shipped where none of them is called so. */
async function classesFor (input: Kinds, path: string | undefined): Promise<Kinds> {
  if (path !== undefined) return withMisplaced(kindsIn(await readDocuments(path)), input)
  const { classes } = kindsIn(await readDocuments(shippedClasses))
  const shipped = classes.filter(({ object }) => !input.classes.some(own => own.object.metadata.name === object.metadata.name))
  return { tenants: [], classes: [...input.classes, ...shipped], findings: [], others: [] }
}

/** Tenants are not looked for among the classes, nor classes among the Tenants; both may be in one file. */
function withMisplaced (classes: Kinds, input: Kinds): Kinds {
  const without = (found: Array<Found<unknown>>, counted: Array<Found<unknown>>) => found.filter(({ source }) => !counted.some(other => other.source.file === source.file))
  const misplaced = [...without(classes.tenants, input.tenants), ...without(input.classes, classes.classes)]
  return { ...classes, others: [...classes.others, ...misplaced.map(({ source }) => passedOver(source))] }
}

function renderTenant ({ object: tenant, source }: Found<Tenant>, classes: Array<Found<TenantClass>>, now: Date): { manifests: Manifest[], findings: string[] } {
  const found = classes.find(({ object }) => object.metadata.name === tenant.spec.className)
  if (found === undefined) {
    const names = classes.map(({ object }) => object.metadata.name).join(', ')
    return { manifests: [], findings: [at(source, { path: ['spec', 'className'], message: `there is no TenantClass ${tenant.spec.className} (there are: ${names})` })] }
  }
  const { desired, problems } = desiredFor(tenant, found.object, now)
  if (problems !== undefined) {
    return { manifests: [], findings: problems.map(problem => at(problem.reason === 'ClassInvalid' ? found.source : source, problem)) }
  }
  return { manifests: [desired.namespace, ...desired.contents], findings: [] }
}

function duplicates (tenants: Array<Found<Tenant>>): string[] {
  return repeated(tenants, ({ metadata }) => metadata.name)
    .map(({ again, first, key }) => at(again.source, { path: ['metadata', 'name'], message: `there is a Tenant ${key} in ${first.source.file} already` }))
}

function sharedNamespaces (tenants: Array<Found<Tenant>>): string[] {
  return repeated(tenants, namespaceName)
    .filter(({ again, first }) => again.object.metadata.name !== first.object.metadata.name)
    .map(({ again, first, key }) => at(again.source, { path: ['spec', 'name'], message: `the namespace ${key} belongs to Tenant ${first.object.metadata.name} in ${first.source.file} already` }))
}

function repeated (tenants: Array<Found<Tenant>>, keyOf: (tenant: Tenant) => string) {
  const seen = new Map<string, Found<Tenant>>()
  return tenants.flatMap(again => {
    const key = keyOf(again.object)
    const first = seen.get(key)
    if (first === undefined) seen.set(key, again)
    return first === undefined ? [] : [{ again, first, key }]
  })
}

function throwOn (findings: string[]): void {
  if (findings.length > 0) throw new InputError(findings.join('\n'))
}

export function serialise (manifests: Manifest[], format: 'yaml' | 'json'): string {
  return format === 'json'
    ? `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }, null, 2)}\n`
    : manifests.map(manifest => stringify(manifest, { aliasDuplicateObjects: false })).join('---\n')
}
