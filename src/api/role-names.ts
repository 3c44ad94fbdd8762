import { keysAreNames } from './resource-amounts.ts'
import type { Validation } from './validation/cel-rule.ts'

/** The roles of every class, with the field of their subjects in a Tenant. */
export const roleSubjects = { admin: 'admins', operator: 'operators', viewer: 'viewers' } as const
export type BuiltInRole = keyof typeof roleSubjects
export const builtInRoles = ['admin', 'operator', 'viewer'] as const satisfies readonly BuiltInRole[]

/** In a class, and in a Tenant. */
export const maxAdditionalRoles = 16

type ByName = Record<string, unknown>

const isBuiltIn = (name: string) => builtInRoles.some(role => role === name)

const noBuiltInRoles = (instead: string): Validation<ByName> => ({
  rule: `self.all(name, !(name in ['${builtInRoles.join("', '")}']))`,
  message: `${builtInRoles.join(', ')} are the roles of every class. ${instead}`,
  isValid: self => !Object.keys(self).some(isBuiltIn)
})

const bindingSuffix = /-[0-9a-f]{16}$/

/** A further RoleBinding of a role has such a name: see `roleBindings`. */
const noBindingNames: Validation<ByName> = {
  rule: `self.all(name, !name.matches('${bindingSuffix.source}'))`,
  message: 'a dash and 16 hexadecimal digits at the end of a name are reserved for RoleBindings. Choose another name',
  isValid: self => !Object.keys(self).some(name => bindingSuffix.test(name))
}

/** The names of the roles that a class adds. */
export const keysAreAdditionalRoles: ReadonlyArray<Validation<ByName>> = [
  keysAreNames, noBuiltInRoles('Set their rules under roles, or choose another name'), noBindingNames
]

/** The names of such roles in a Tenant. */
export const keysAreBoundRoles: ReadonlyArray<Validation<ByName>> = [
  keysAreNames, noBuiltInRoles('List their subjects under admins, operators and viewers'), noBindingNames
]
