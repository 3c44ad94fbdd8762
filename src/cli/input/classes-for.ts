import type { Finding } from '../../lint/finding.ts'
import { namespacesOf } from '../../lint/namespaces-of.ts'
import type { Sourced } from '../../lint/source.ts'
import { ignored, readManifestSet, readShippedClasses, shippedClassNames, type ManifestSet } from './manifest-set.ts'

/** The classes of Tenants, and the names of all that exist. */
export interface UsableClasses extends ManifestSet { names: string[] }

/** The classes that Tenants may use, and where those of the user are. */
export interface Classes { classes: UsableClasses, own: ManifestSet }

/** Reads the classes at some paths; without paths, those beside the Tenants, and the shipped ones under names that these do not use. */
export async function classesFor (input: ManifestSet, paths: readonly string[] | undefined): Promise<Classes> {
  if (paths === undefined) return { classes: classesBeside(input), own: input }
  const own = await readManifestSet(paths)
  return { classes: withNames(own), own }
}

/** The classes beside the Tenants, and those of the shipped ones that the Tenants use, under names that these do not use. */
export function classesBeside ({ classes, tenants }: ManifestSet): UsableClasses {
  const names = classes.map(({ object }) => object.metadata.name)
  const shipped = shippedClassNames.filter(name => !names.includes(name))
  const used = new Set(tenants.flatMap(namespacesOf).map(({ object }) => object.spec.className))
  const read = readShippedClasses(shipped.filter(name => used.has(name))).classes
  return { tenants: [], classes: [...classes, ...read], others: [], invalid: [], findings: [], names: [...names, ...shipped] }
}

export function withNames (set: ManifestSet): UsableClasses {
  return { ...set, names: set.classes.map(({ object }) => object.metadata.name) }
}

/** Reports the documents that are not read: those of other kinds, and Tenants and classes in the place of the other. */
export function ignoredIn (input: ManifestSet, classes: ManifestSet, classPaths: readonly string[] | undefined): Finding[] {
  return [
    ...[...input.others, ...classes.others].map(ignored),
    ...(classPaths === undefined ? [] : misplaced(input, classes))
  ]
}

/** Tenants among the classes and classes among the Tenants, unless both are in one file that is used for both. */
function misplaced (input: ManifestSet, classes: ManifestSet): Finding[] {
  const without = (found: Array<Sourced<unknown>>, used: Array<Sourced<unknown>>) => {
    const files = new Set(used.map(({ source }) => source.file))
    return found.filter(({ source }) => !files.has(source.file))
  }
  return [...without(classes.tenants, input.tenants), ...without(input.classes, classes.classes)].map(({ source }) => ignored(source))
}
