import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { repositoryPath } from '../cluster/paths.ts'
import { filesBelow } from '../package/files.ts'

const folders = ['src', 'docs', 'chart', 'examples']
const files = [
  ...['README.md', 'CONTRIBUTING.md'],
  ...folders.flatMap(folder => filesBelow(repositoryPath(folder)).map(path => `${folder}/${path}`))
].map(path => ({ path, text: readFileSync(repositoryPath(path), 'utf8') }))

/** Words that a Kubernetes engineer would not search for, with the standard term. */
const replaced: Array<[word: RegExp, standardTerm: string]> = [
  [/\banew\b/, 'again; recreated'],
  [/\bwhoever\b/, 'anyone who; users'],
  [/\b(nobody's|somebody)\b/, 'passive; another owner'],
  [/\bput(s|ting)? right\b/, 'correct'],
  [/\bmend(s|ed|ing)?\b/, 'fix; correct'],
  [/(?<!self-)\bheal(s|ed|ing)?\b/, 'correct'],
  [/\b(comes?|came) to be\b|\bwhat [\w ]{1,30} comes? to\b/, 'desired state; the objects of the Tenant'],
  [/\bthat (is|are) there\b/, 'existing'],
  [/\ball the same\b/, 'anyway'],
  [/\b(is|are) to be\b/, 'must be'],
  [/\blet(s|ting)? go\b/, 'release'],
  [/\bbears?\b/, 'has'],
  [/\btold\b/, 'reported'],
  [/\blooked at\b/, 'reconciled'],
  [/\brights\b/, 'permissions; access']
]

it.each(replaced)('%s is not used: write %s', word => {
  expect(files.flatMap(({ path, text }) => matches(text, word).map(found => `${path}:${found}`))).toEqual([])
})

/** Lists line and text of each match; a phrase may continue in the next line. */
function matches (text: string, { source }: RegExp): string[] {
  return [...text.matchAll(new RegExp(source.replaceAll(' ', String.raw`[\s>*/#|]+`), 'gi'))]
    .map(({ 0: found, index }) => `${text.slice(0, index).split('\n').length}: ${found.replaceAll(/\s+/g, ' ')}`)
}
