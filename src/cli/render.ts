import { Document, visit } from 'yaml'
import type { Tenant } from '../api/tenant.ts'
import type { GitOpsObject } from '../gitops/deployer.ts'
import type { Manifest } from '../tenancy/desired/manifest.ts'
import { tenantNamespaces } from '../tenancy/desired/tenant-namespace-manifest.ts'
import { classAmounts, overriddenAmounts, reachFindings } from '../lint/class-rules.ts'
import { formatFinding, type Finding } from '../lint/finding.ts'
import { unknownSubjects } from '../lint/known-subjects.ts'
import { namespacesOf } from '../lint/namespaces-of.ts'
import { unknownClass } from '../lint/policy-findings.ts'
import type { Sourced } from '../lint/source.ts'
import { ownAccountFindings } from '../lint/tenant-rules.ts'
import { InputError, throwFindings } from './input/input-error.ts'
import { classesFor, ignoredIn, type UsableClasses } from './input/classes-for.ts'
import { readKnownSubjects } from './input/known-subjects.ts'
import { readManifestSet, type ManifestSet } from './input/manifest-set.ts'
import { tenantObjects, type TenantObjects } from './input/tenant-objects.ts'
import { escapeControls, onOneLine, printWarning } from './output/print.ts'
import { renderForOf, type RenderForOptions } from './render-for.ts'

export interface RenderOptions extends RenderForOptions {
  /** Files or folders with Tenants. */
  filename: string[]
  /** Files or folders with TenantClasses. */
  classes?: string[]
  /** File with the users, groups and ServiceAccounts that a Tenant may list. */
  knownSubjects?: string
  output: 'yaml' | 'json'
}

type Input = { [option in 'classes' | 'knownSubjects']?: RenderOptions[option] | undefined }

/**
 * Prints the objects of all Tenants in the input, or those that another tool needs to deploy into their namespaces.
 * @throws InputError with one line per finding, so that input with any error is not printed at all
 */
export async function render ({ filename, output, classes, knownSubjects, ...tool }: RenderOptions): Promise<void> {
  const renderFor = renderForOf(tool)
  const { tenants, manifests } = await renderInput(filename, { classes, knownSubjects }, new Date(), printWarning)
  const printed = renderFor?.(tenants)
  for (const line of printed?.warnings ?? []) printWarning(onOneLine(line))
  process.stdout.write(escapeControls(serialise(printed?.objects ?? manifests, output)))
}

/**
 * Computes the objects of all Tenants in files or folders, in the order of the files.
 * @param warn gets a line for each document that is ignored, for amounts that cannot be used together, and for risks
 * @throws InputError as {@link render}
 */
export async function renderFiles (
  paths: readonly string[], files: Input = {}, now = new Date(), warn: (line: string) => void = () => {}
): Promise<Manifest[]> {
  return (await renderInput(paths, files, now, warn)).manifests
}

async function renderInput (
  paths: readonly string[], { classes: classPaths, knownSubjects }: Input, now: Date, warn: (line: string) => void
): Promise<{ tenants: Tenant[], manifests: Manifest[] }> {
  const input = await readManifestSet(paths)
  const { classes, own } = await classesFor(input, classPaths)
  throwFindings([...input.findings, ...classes.findings, ...await mistypedSubjects(input, knownSubjects)].map(formatFinding))
  const warnOf = (findings: readonly Finding[]) => { for (const line of new Set(findings.map(formatFinding))) warn(onOneLine(line)) }
  warnOf(ignoredIn(input, classes, classPaths))
  if (input.tenants.length === 0) throw new InputError(`${paths.join(', ')}: no Tenant found. Name a file or folder with one.`)

  const results = input.tenants.map(tenant => objectsOf(tenant, classes, now))
  throwFindings(results.flatMap(({ findings }) => findings).map(formatFinding))
  const namespaces = input.tenants.flatMap(namespacesOf)
  warnOf([...inconsistencies(namespaces, classes, own), ...own.classes.flatMap(reachFindings), ...namespaces.flatMap(ownAccountFindings)])
  return { tenants: input.tenants.map(({ object }) => object), manifests: results.flatMap(({ manifests }) => manifests) }
}

/** The objects of the home namespace, then each TenantNamespace with those of its namespace. */
function objectsOf (tenant: Sourced<Tenant>, classes: UsableClasses, now: Date): TenantObjects {
  const [home, ...further] = namespacesOf(tenant).map((namespace): TenantObjects => {
    const { className } = namespace.object.spec
    const found = classes.classes.find(({ object }) => object.metadata.name === className)
    return found === undefined
      ? { manifests: [], findings: [unknownClass(namespace, classes.names)] }
      : tenantObjects(namespace, found, now)
  })
  const own = tenantNamespaces(tenant.object)
  return {
    manifests: [...home?.manifests ?? [], ...further.flatMap(({ manifests }, index) => [...own.slice(index, index + 1), ...manifests])],
    findings: [home, ...further].flatMap(each => each?.findings ?? [])
  }
}

async function mistypedSubjects ({ tenants }: ManifestSet, path: string | undefined): Promise<Finding[]> {
  if (path === undefined) return []
  const known = await readKnownSubjects(path)
  return tenants.flatMap(namespacesOf).flatMap(tenant => unknownSubjects(tenant, known))
}

/** Warns of amounts that cannot be used together: in the overrides of Tenants, and in classes of the user, not in shipped ones. */
function inconsistencies (tenants: ReadonlyArray<Sourced<Tenant>>, { classes }: ManifestSet, { classes: own }: ManifestSet): Finding[] {
  return [
    ...own.flatMap(classAmounts),
    ...tenants.flatMap(tenant => classes.filter(({ object }) => object.metadata.name === tenant.object.spec.className)
      .flatMap(used => overriddenAmounts(tenant, used.object)))
  ]
}

export function serialise (manifests: ReadonlyArray<Manifest | GitOpsObject>, format: 'yaml' | 'json'): string {
  return format === 'json'
    ? `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }, null, 2)}\n`
    : manifests.map(yamlOf).join('---\n')
}

/**
 * With text in double quotes, where YAML reads it as the same text, if it would be escaped on a terminal, or is blank with a
 * line break: `yaml` writes that as a block, of which only the line breaks are read again.
 */
function yamlOf (manifest: Manifest | GitOpsObject): string {
  const document = new Document(manifest, { aliasDuplicateObjects: false })
  visit(document, {
    Scalar (_, node) { if (typeof node.value === 'string' && isAltered(node.value)) node.type = 'QUOTE_DOUBLE' }
  })
  return document.toString()
}

function isAltered (text: string): boolean {
  return escapeControls(text) !== text || /^\s*\n\s*$/.test(text)
}
