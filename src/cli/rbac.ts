import { Document, isMap, visit, type YAMLMap } from 'yaml'
import { rbacFiles, type RbacFile, type RbacObject } from '../rbac/rbac-files.ts'
import type { TenantClass } from '../api/tenant-class.ts'
import { formatFinding } from '../lint/finding.ts'
import { InputError, throwFindings } from './input/input-error.ts'
import { readManifestSet, readShippedClasses } from './input/manifest-set.ts'
import { kustomizationOf, printFiles, writeFiles, type OutputFile } from './output/files.ts'

export interface RbacOptions {
  /** Files or folders with TenantClasses; by default the shipped ones. */
  classes?: string[]
  escalate?: boolean
  /** The folder to write to; without it the roles are printed. */
  outputDir?: string
}

const header = '# Generated from src/rbac and the classes by `k8s-mtp rbac`: change them there.\n'

/**
 * Prints the ClusterRoles of Metacontroller and of users, or writes them into a folder with a kustomization.
 * @throws InputError if the classes have an error
 */
export async function rbac ({ outputDir, ...options }: RbacOptions): Promise<void> {
  if (outputDir === undefined) printFiles(requiredOf(await readRoles(options)))
  else await writeFiles(outputDir, await writtenRbac(options))
}

/** All files of `rbac/`. */
export async function writtenRbac (options: Omit<RbacOptions, 'outputDir'>): Promise<OutputFile[]> {
  const files = await readRoles(options)
  return [...files, kustomizationOf(requiredOf(files), header)]
}

type RoleFile = OutputFile & Pick<RbacFile, 'optional'>

/** Not every installation needs the others. */
function requiredOf (files: RoleFile[]): OutputFile[] {
  return files.filter(({ optional }) => optional !== true)
}

async function readRoles ({ classes, escalate = false }: Omit<RbacOptions, 'outputDir'>): Promise<RoleFile[]> {
  return rbacFiles({ classes: await readClasses(classes), escalate }).map(file => ({ ...file, text: textOf(file) }))
}

async function readClasses (paths: readonly string[] | undefined): Promise<TenantClass[]> {
  const { classes, findings } = paths === undefined ? readShippedClasses() : await readManifestSet(paths)
  throwFindings(findings.map(formatFinding))
  if (classes.length === 0) throw new InputError(`${paths?.join(', ')}: no TenantClass found. Name a file or folder with one.`)
  return classes.map(({ object }) => object)
}

function textOf ({ about, objects }: RbacFile): string {
  return `${header}# ${about}\n${objects.map(yamlOf).join('---\n')}`
}

/** Writes the reason of each rule as a comment, for reviewers. */
function yamlOf ({ kind, metadata, rules, ...rest }: RbacObject): string {
  const apiVersion = 'rbac.authorization.k8s.io/v1'
  const object = { apiVersion, kind, metadata, ...rest, ...(rules && { rules: rules.flatMap(({ rules }) => rules) }) }
  const document = new Document(object, { aliasDuplicateObjects: false })
  visit(document, { Seq (_, list) { if (!list.items.some(isMap)) list.flow = true } })
  let index = 0
  for (const { because, rules: grounded } of rules ?? []) {
    const first = document.getIn(['rules', index], true) as YAMLMap // each item of rules is one
    first.commentBefore = ` ${because}`
    index += grounded.length
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}
