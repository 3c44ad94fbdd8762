import { reachingKinds, resourceName } from '../../src/api/reaching-kinds.ts'
import type { ReachingKinds } from '../../src/api/reaching-kind.ts'
import { generatedFrom, wrap } from './text.ts'

/** Returns docs/reference/reaching-kinds.md, with an anchor for each project. */
export function reachingKindsPage (): string {
  return `${[
    '# Kinds that reach beyond a namespace',
    generatedFrom('src/api/reaching-*-kinds.ts'),
    introduction,
    ...reachingKinds.flatMap(section)
  ].join('\n\n')}\n`
}

const introduction = [
  wrap('A role of a TenantClass applies in the namespace of a Tenant. But some kinds make a controller act elsewhere, with its own ' +
    'permissions, or get around a rule of the class. A class may grant them. `k8s-mtp render` and the guardrail ' +
    '[k8s-mtp-reaching-classes](guardrails.md#k8s-mtp-reaching-classes) warn of each verb on them other than get, list and watch.'),
  wrap('The list has well-known kinds only. Before you grant a kind of another project, or one that you define yourself, such as a claim ' +
    'of Crossplane, find out what its controller does with it: which names of objects and namespaces it accepts, and with whose ' +
    'permissions it acts.')
].join('\n\n')

function section ({ project, resources, why, remedy, source }: ReachingKinds): string[] {
  const names = Object.entries(resources).flatMap(([apiGroup, list]) => list.map(name => `\`${resourceName(apiGroup, name)}\``))
  return [
    `## ${project}`,
    wrap(`${names.join(', ')}.`),
    wrap(`${why.charAt(0).toUpperCase()}${why.slice(1)}. ${remedy === undefined ? '' : `${remedy}. `}[Source](${source}).`)
  ]
}
