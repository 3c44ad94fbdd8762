import type { RoleRule } from '../api/role-rule.ts'

/** Rules with their reason, which becomes a comment in the generated file. */
export interface JustifiedRules {
  because: string
  rules: RoleRule[]
}

export const read = ['get', 'list', 'watch']

export function rule (apiGroup: string, resources: string[], verbs: string[]): RoleRule {
  return { apiGroups: [apiGroup], resources, verbs }
}
