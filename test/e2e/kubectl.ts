import { readFileSync } from 'node:fs'
import { isRecord } from '../cluster/api-error.ts'
import { refOf, type KindRef } from '../cluster/kube-object.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { k8sMtp } from './cli.ts'
import { breakGlass, client } from './context.ts'
import { contentKinds, remove } from './tenants.ts'

const kinds: KindRef[] = [{ apiVersion: 'v1', kind: 'Namespace' }, ...contentKinds]

type Program = 'k8s-mtp' | 'kubectl'

/**
 * Runs the commands in a message of the status, word for word, as a member of a break-glass group: reported commands must
 * work as written. Of kubectl it knows `label`, `annotate`, `delete` and a merge `patch`, and skips `events`; any other
 * command throws.
 */
export async function runCommands (
  message: string, { program = 'kubectl', flags = [] }: { program?: Program, flags?: string[] } = {}
): Promise<void> {
  const commands = message.split(/ && |; |: |\. | \(/).filter(part => part.startsWith(`${program} `) && !part.startsWith('kubectl events'))
  if (commands.length === 0) throw new Error(`no command of ${program} in: ${message}`)
  for (const command of commands) {
    const args = [...command.split(' ').slice(1), ...flags]
    if (program === 'kubectl') await run(args)
    else await expectSuccess(args)
  }
}

/** The last commands for a reason in docs/reference/reasons.md, with the names of a Tenant for those of the example. */
export function documentedCommands (reason: string, { name, namespace, uid }: { name: string, namespace: string, uid: string }): string {
  const page = readFileSync(repositoryPath('docs/reference/reasons.md'), 'utf8')
  const section = page.split(/^## /m).find(text => text.startsWith(`${reason}\n`)) ?? ''
  const [, commands] = [...section.matchAll(/```sh\n([^`]*)```/g)].at(-1) ?? []
  if (commands === undefined) throw new Error(`docs/reference/reasons.md has no commands for ${reason}`)
  const names: Record<string, string> = { acme: name, 'tenant-acme-shop': namespace, $uid: uid }
  return commands.replaceAll(/^ *uid=.*\n/gm, '')
    .replaceAll(/ *\\?\n */g, ' ')
    .replaceAll(/tenant-acme-shop|\bacme\b|\$uid/g, example => names[example] ?? example)
    .trim()
}

async function expectSuccess (args: string[]): Promise<void> {
  const { code, stdout, stderr } = await k8sMtp(args)
  if (code !== 0) throw new Error(`k8s-mtp ${args.join(' ')} exited with ${code}: ${stderr}${stdout}`)
}

interface Flags { namespace?: string, selector?: string, words: string[] }

async function run (args: string[]): Promise<void> {
  const { namespace, selector, words: [verb, resources = '', ...rest] } = read(args)
  const inNamespace = namespace === undefined ? {} : { namespace }
  const found = resources.split(',').map(kindNamed)
  if (verb === 'delete') {
    for (const kind of found) for (const name of rest) await remove({ ...kind, name, ...inNamespace })
    return
  }
  if (verb === 'patch') {
    const [, patch = ''] = args.join(' ').split('--patch=')
    const [name = ''] = rest
    for (const kind of found) await breakGlass().patch({ ...kind, name, ...inNamespace }, JSON.parse(patch.replaceAll("'", '')))
    return
  }
  if (verb !== 'label' && verb !== 'annotate') throw new Error(`unknown command kubectl ${verb}`)
  const change = rest.filter(word => /[=-]/.test(word)).at(-1) ?? ''
  const field = verb === 'label' ? 'labels' : 'annotations'
  const changed = change.endsWith('-') ? { [change.slice(0, -1)]: null } : Object.fromEntries([change.split('=')])
  const refs = selector === undefined
    ? rest.slice(0, -1).map(name => ({ ...kindNamed(resources), name, ...inNamespace }))
    : (await Promise.all(
        found.map(kind => client().list(kind, { ...inNamespace, labelSelector: selector }))
      )).flatMap(({ items }) => items.map(refOf))
  for (const ref of refs) await breakGlass().patch(ref, { metadata: { [field]: changed } })
}

function read (args: string[]): Flags {
  const flags: Flags = { words: [] }
  const rest = [...args]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const value = ['-n', '-l'].includes(word) ? rest.shift() ?? '' : ''
    if (word === '-n') flags.namespace = value
    else if (word === '-l') flags.selector = value
    else if (!['--overwrite', '--ignore-not-found'].includes(word)) flags.words.push(word)
  }
  return flags
}

function kindNamed (resource: string): KindRef {
  const found = kinds.find(({ kind }) => kind.toLowerCase() === resource)
  if (!isRecord(found)) throw new Error(`unknown resource ${resource}`)
  return found
}
