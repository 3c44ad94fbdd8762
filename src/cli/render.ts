import { Document, visit } from 'yaml'
import { docsAddress } from '../api/group.ts'
import type { Tenant } from '../api/tenant.ts'
import type { Manifest } from '../tenancy/desired/manifest.ts'
import { tenantNamespaces } from '../tenancy/desired/tenant-namespace-manifest.ts'
import { classInconsistencies, tenantInconsistencies } from '../tenancy/policy/consistency.ts'
import { classWarnings } from './input/class-warnings.ts'
import { InputError, throwFindings } from './input/input-error.ts'
import { namespacesOf } from './input/namespaces-of.ts'
import { readKnownSubjects, unknownSubjects } from './input/known-subjects.ts'
import { at, kindOf, readManifestSet, readShippedClasses, shippedClassNames, type ManifestSet, type Sourced } from './input/manifest-set.ts'
import type { SourceDocument } from './input/source-documents.ts'
import { classNotFoundIn, tenantObjects, type TenantObjects } from './input/tenant-objects.ts'
import { tenantWarnings } from './input/tenant-warnings.ts'
import { escapeControls, onOneLine, printWarning } from './output/print.ts'

export interface RenderOptions {
  /** Files or folders with Tenants. */
  filename: string[]
  /** Files or folders with TenantClasses. */
  classes?: string[]
  /** File with the users, groups and ServiceAccounts that a Tenant may list. */
  knownSubjects?: string
  output: 'yaml' | 'json'
}

/** The classes that were read, and the names of all that Tenants may use. */
interface UsableClasses extends ManifestSet { names: readonly string[] }

type Input = { [option in 'classes' | 'knownSubjects']?: RenderOptions[option] | undefined }

/**
 * Prints the objects of all Tenants in the input.
 * @throws InputError with one line per finding, so that input with any error is not printed at all
 */
export async function render ({ filename, output, ...input }: RenderOptions): Promise<void> {
  process.stdout.write(escapeControls(serialise(await renderFiles(filename, input, new Date(), printWarning), output)))
}

/**
 * Computes the objects of all Tenants in files or folders, in the order of the files.
 * @param warn gets a line for each document that is ignored, for amounts that cannot be used together, and for risks
 * @throws InputError as {@link render}
 */
export async function renderFiles (
  paths: readonly string[], { classes: classPaths, knownSubjects }: Input = {}, now = new Date(), warn: (line: string) => void = () => {}
): Promise<Manifest[]> {
  const input = await readManifestSet(paths)
  const classes = classPaths === undefined ? classesBeside(input) : withNames(await readManifestSet(classPaths))
  throwFindings([...input.findings, ...classes.findings, ...await mistypedSubjects(input, knownSubjects)])
  for (const source of ignoredDocuments(input, classes, classPaths)) {
    warn(onOneLine(at(source, { path: ['kind'], message: `${kindOf(source)} is ignored` })))
  }
  if (input.tenants.length === 0) throw new InputError(`${paths.join(', ')}: no Tenant found. Name a file or folder with one.`)

  const results = input.tenants.map(tenant => objectsOf(tenant, classes, now))
  throwFindings(results.flatMap(({ findings }) => findings))
  const own = classPaths === undefined ? input : classes
  const namespaces = input.tenants.flatMap(namespacesOf)
  const sums = inconsistencies(namespaces, classes, own)
  // What namespaces inherit is warned of once.
  for (const line of new Set([...sums, ...own.classes.flatMap(classWarnings), ...namespaces.flatMap(tenantWarnings)])) warn(line)
  return results.flatMap(({ manifests }) => manifests)
}

/** The objects of the home namespace, then each TenantNamespace with those of its namespace. */
function objectsOf (tenant: Sourced<Tenant>, classes: UsableClasses, now: Date): TenantObjects {
  const [home, ...further] = namespacesOf(tenant).map((namespace): TenantObjects => {
    const { className } = namespace.object.spec
    const found = classes.classes.find(({ object }) => object.metadata.name === className)
    return found === undefined ? classNotFound(namespace.source, className, classes) : tenantObjects(namespace, found, now)
  })
  const own = tenantNamespaces(tenant.object)
  return {
    manifests: [...home?.manifests ?? [], ...further.flatMap(({ manifests }, index) => [...own.slice(index, index + 1), ...manifests])],
    findings: [...new Set([home, ...further].flatMap(each => each?.findings ?? []))]
  }
}

async function mistypedSubjects ({ tenants }: ManifestSet, path: string | undefined): Promise<string[]> {
  if (path === undefined) return []
  const known = await readKnownSubjects(path)
  return [...new Set(tenants.flatMap(namespacesOf).flatMap(tenant => unknownSubjects(tenant, known)))]
}

function ignoredDocuments (input: ManifestSet, classes: ManifestSet, classPaths: readonly string[] | undefined): SourceDocument[] {
  return [...input.others, ...classes.others, ...(classPaths === undefined ? [] : misplaced(input, classes))]
}

/** Warns of amounts that cannot be used together: in the overrides of Tenants, and in classes of the user, not in shipped ones. */
function inconsistencies (tenants: ReadonlyArray<Sourced<Tenant>>, { classes }: ManifestSet, { classes: own }: ManifestSet): string[] {
  const found = [
    ...own.flatMap(({ object, source }) => classInconsistencies(object).map(warning => ({ source, ...warning }))),
    ...tenants.flatMap(({ object, source }) => classes.filter(({ object: { metadata } }) => metadata.name === object.spec.className)
      .flatMap(used => tenantInconsistencies(object, used.object)).map(warning => ({ source, ...warning })))
  ]
  return found.map(({ source, rule, path, message }) =>
    onOneLine(at(source, { path, message: `${message}. See ${docsAddress}/classes.md#${rule}` })))
}

/** The classes beside the Tenants, and those of the shipped ones that the Tenants use, under names that these do not use. */
function classesBeside ({ classes, tenants }: ManifestSet): UsableClasses {
  const { names } = withNames({ tenants, classes, findings: [], others: [], invalid: [] })
  const shipped = shippedClassNames.filter(name => !names.includes(name))
  const used = new Set(tenants.flatMap(namespacesOf).map(({ object }) => object.spec.className))
  const read = readShippedClasses(shipped.filter(name => used.has(name))).classes
  return { tenants: [], classes: [...classes, ...read], findings: [], others: [], invalid: [], names: [...names, ...shipped] }
}

function withNames (set: ManifestSet): UsableClasses {
  return { ...set, names: set.classes.map(({ object }) => object.metadata.name) }
}

/** Tenants among the classes and classes among the Tenants, unless both are in one file that is used for both. */
function misplaced (input: ManifestSet, classes: ManifestSet): SourceDocument[] {
  const without = (found: Array<Sourced<unknown>>, used: Array<Sourced<unknown>>) =>
    found.filter(({ source }) => !used.some(other => other.source.file === source.file))
  const found = [...without(classes.tenants, input.tenants), ...without(input.classes, classes.classes)]
  return found.map(({ source }) => source)
}

function classNotFound (source: SourceDocument, className: string, { names }: UsableClasses): TenantObjects {
  return { manifests: [], findings: [at(source, classNotFoundIn(className, names))] }
}

export function serialise (manifests: Manifest[], format: 'yaml' | 'json'): string {
  return format === 'json'
    ? `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }, null, 2)}\n`
    : manifests.map(yamlOf).join('---\n')
}

/**
 * With text in double quotes, where YAML reads it as the same text, if it would be escaped on a terminal, or is blank with a
 * line break: `yaml` writes that as a block, of which only the line breaks are read again.
 */
function yamlOf (manifest: Manifest): string {
  const document = new Document(manifest, { aliasDuplicateObjects: false })
  visit(document, {
    Scalar (_, node) { if (typeof node.value === 'string' && isAltered(node.value)) node.type = 'QUOTE_DOUBLE' }
  })
  return document.toString()
}

function isAltered (text: string): boolean {
  return escapeControls(text) !== text || /^\s*\n\s*$/.test(text)
}
