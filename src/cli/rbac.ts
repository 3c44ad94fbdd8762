import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Document, isMap, stringify, visit, type YAMLMap } from 'yaml'
import { rbacFiles as rolesByFile, type RbacFile as RoleFile, type RbacObject } from '../rbac/rbac-files.ts'
import type { TenantClass } from '../api/tenant-class.ts'
import { InputError } from './input/input-error.ts'
import { kindsIn } from './input/kinds-in-files.ts'
import { readDocuments } from './input/manifest-files.ts'

export interface RbacOptions {
  /** File or folder of TenantClasses; by default the ones that are shipped. */
  classes?: string
  escalate?: boolean
  /** The folder to write to; without it the roles are printed. */
  output?: string
}

const shippedClasses = fileURLToPath(new URL('../../examples/classes/', import.meta.url))

/**
 * Prints the ClusterRoles of the engine and of people, or writes them into a folder for `kubectl apply -k`.
 * @throws InputError where the classes cannot be used
 */
export async function rbac (options: RbacOptions): Promise<void> {
  const files = await rbacFiles(options)
  const { output } = options
  if (output === undefined) {
    process.stdout.write(files.filter(({ optional, name }) => optional !== true && name !== kustomization).map(({ text }) => text).join('---\n'))
    return
  }
  await mkdir(output, { recursive: true })
  await Promise.all(files.map(({ name, text }) => writeFile(join(output, name), text)))
}

const kustomization = 'kustomization.yaml'

export interface RbacFile {
  name: string
  text: string
  optional?: true
}

export async function rbacFiles ({ classes = shippedClasses, escalate = false }: Omit<RbacOptions, 'output'>): Promise<RbacFile[]> {
  const files = rolesByFile({ classes: await readClasses(classes), escalate })
  const resources = files.filter(({ optional }) => optional !== true).map(({ name }) => name)
  return [
    ...files.map(file => ({ name: file.name, text: textOf(file), ...(file.optional === true && { optional: file.optional }) })),
    { name: kustomization, text: header + stringify({ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources }) }
  ]
}

async function readClasses (path: string): Promise<TenantClass[]> {
  const { classes, findings } = kindsIn(await readDocuments(path))
  if (findings.length > 0) throw new InputError(findings.join('\n'))
  if (classes.length === 0) throw new InputError(`${path}: there is no TenantClass in it, so nothing says which rights are handed out`)
  return classes.map(({ object }) => object)
}

const header = '# Generated from src/access and the classes by `k8s-mtp rbac`: change them there.\n'

function textOf ({ about, objects }: RoleFile): string {
  return `${header}# ${about}\n${objects.map(yamlOf).join('---\n')}`
}

/** The reasons become comments: whoever reviews rights should not have to look elsewhere for what they are for. */
function yamlOf ({ kind, metadata, rules, ...rest }: RbacObject): string {
  const object = { apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata, ...rest, ...(rules !== undefined && { rules: rules.flatMap(({ rules }) => rules) }) }
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
