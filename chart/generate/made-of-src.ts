import { readFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import { rbacFiles, type RbacObject } from '../../src/rbac/rbac-files.ts'
import { crdFiles } from '../../src/cli/crds.ts'
import { guardrailFiles } from '../../src/cli/guardrails.ts'
import type { Parties } from '../../src/guardrails/guardrail.ts'
import { repositoryPath } from '../../test/cluster/paths.ts'

/** A file of the chart, by its path in chart/. */
export interface ChartFile { path: string, text: string }

/** What the templates put the parties of the values into. Text that stands in no guardrail otherwise. */
const placeholders: Parties = {
  engine: 'PLACEHOLDER_OF_ENGINE',
  breakGlass: ['PLACEHOLDER_OF_BREAK_GLASS'],
  // Not one of the levels: which ones, the values say, and validate.yaml refuses any other.
  podSecurity: ['PLACEHOLDER_OF_POD_SECURITY' as 'restricted']
}

const header = '# Made by `npm run chart` from src: change it there.\n'

/** What the chart has in common with crds/, guardrails/, rbac/, metacontroller/ and examples/, out of the same sources. */
export async function filesMadeOfSrc (): Promise<ChartFile[]> {
  return [
    ...crdFiles().map(({ name, text }) => ({ path: `files/crds/${name}`, text })),
    ...guardrailFiles(placeholders).map(({ name, text }) => ({ path: `files/guardrails/${name}`, text })),
    ...chartRbacFiles(),
    { path: 'files/composite-controller.yaml', text: await readFile(repositoryPath('metacontroller/composite-controller.yaml'), 'utf8') },
    { path: 'values.yaml', text: await valuesWithDefaultClass() }
  ]
}

/** Without the rights that classes hand out: those come of the classes in the values. */
function chartRbacFiles (): ChartFile[] {
  const withoutClasses = rbacFiles({ classes: [], escalate: false })
  const [escalating, ...others] = rbacFiles({ classes: [], escalate: true }).filter(({ name }) => name === 'engine.yaml')
  if (escalating === undefined || others.length > 0) throw new Error('src/access has not one file engine.yaml any more')
  return [...withoutClasses, { ...escalating, name: 'engine-escalate.yaml' }]
    .map(({ name, objects }) => ({ path: `files/rbac/${name}`, text: header + objects.map(rbacYaml).join('---\n') }))
}

function rbacYaml ({ rules, ...rest }: RbacObject): string {
  return stringify({ apiVersion: 'rbac.authorization.k8s.io/v1', ...rest, ...(rules !== undefined && { rules: rules.flatMap(({ rules }) => rules) }) }, { aliasDuplicateObjects: false })
}

const beginning = '  # Made by `npm run chart` from examples/classes/default.yaml: change it there.\n  # @schema hidden: true\n  default:\n'

/** values.yaml is written by hand but for its end: the class that every installation begins with. */
async function valuesWithDefaultClass (): Promise<string> {
  const [values, example] = await Promise.all(['chart/values.yaml', 'examples/classes/default.yaml'].map(async path => await readFile(repositoryPath(path), 'utf8')))
  const [byHand] = (values ?? '').split(beginning)
  const [, spec] = (example ?? '').split('\nspec:\n')
  if (byHand === undefined || byHand === values || spec === undefined) throw new Error('chart/values.yaml does not end with the class default, or examples/classes/default.yaml not with its spec')
  return byHand + beginning + spec.replaceAll(/^(?=.)/gm, '  ')
}
