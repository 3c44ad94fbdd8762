import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { repositoryPath } from '../cluster/paths.ts'

type Rule = Record<string, string[]>
interface ClassSpec {
  quotas: Record<string, Record<string, string>>
  roles: Record<'admin' | 'operator' | 'viewer', { rules: Rule[] }>
  namespaceMetadata?: object
}

const shipped: { spec: ClassSpec } = parse(readFileSync(repositoryPath('examples/classes/default.yaml'), 'utf8'))

/** A custom class, as first installed. */
export const gold: ClassSpec = {
  ...shipped.spec,
  quotas: { ...shipped.spec.quotas, 'tenant-quota': { ...shipped.spec.quotas['tenant-quota'], cpu: '1', memory: '2Gi', pods: '30' } },
  namespaceMetadata: { labels: { 'example.com/cost-center': '42' } }
}

/** A permission that the class grants later, which Metacontroller does not have before. */
export const widgets: Rule = { apiGroups: ['example.com'], resources: ['widgets'], verbs: ['get', 'list'] }

const { namespaceMetadata: _, ...withoutMetadata } = gold

/** The class after a change: more pods, a new permission of operators, and without the label of namespaces. */
export const goldLater: ClassSpec = {
  ...withoutMetadata,
  quotas: { ...gold.quotas, 'tenant-quota': { ...gold.quotas['tenant-quota'], pods: '35' } },
  roles: { ...gold.roles, operator: { rules: [...gold.roles.operator.rules, widgets] } }
}

/** Writes a file of values. Returns the arguments for helm. */
export function valuesFile (folder: string, name: string, values: object): string[] {
  const file = join(folder, `${name}.json`)
  writeFileSync(file, JSON.stringify(values))
  return ['--values', file]
}
