import { isRecord } from '../cluster/api-error.ts'
import { refOf, type KindRef } from '../cluster/kube-object.ts'
import { k8sMtp } from './cli.ts'
import { breakGlass, client } from './context.ts'
import { contentKinds, remove } from './tenants.ts'

const kinds: KindRef[] = [{ apiVersion: 'v1', kind: 'Namespace' }, ...contentKinds]

/**
 * Does what the commands in a message of a status say, read word by word, as somebody who may break the glass: what people are told must work
 * as it is written. A message that names k8s-mtp names kubectl as the other way: `by` says which is gone. Of kubectl `label`, `annotate` and
 * `delete` are known, which is all that messages tell; anything else throws.
 */
export async function doAsTold (message: string, by: 'k8s-mtp' | 'kubectl' = 'kubectl'): Promise<void> {
  const commands = message.split(/ && |; |: |\. /).filter(part => part.startsWith(`${by} `))
  if (commands.length === 0) throw new Error(`there is no command of ${by} in: ${message}`)
  for (const command of commands) {
    const args = command.split(' ').slice(1)
    if (by === 'kubectl') await run(args)
    else await expectSuccess(args)
  }
}

async function expectSuccess (args: string[]): Promise<void> {
  const { code, stdout, stderr } = await k8sMtp(args)
  if (code !== 0) throw new Error(`k8s-mtp ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`)
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
  if (verb !== 'label' && verb !== 'annotate') throw new Error(`the tests do not know kubectl ${verb}`)
  const change = rest.filter(word => /[=-]/.test(word)).at(-1) ?? ''
  const field = verb === 'label' ? 'labels' : 'annotations'
  const changed = change.endsWith('-') ? { [change.slice(0, -1)]: null } : Object.fromEntries([change.split('=')])
  const refs = selector === undefined
    ? rest.slice(0, -1).map(name => ({ ...kindNamed(resources), name, ...inNamespace }))
    : (await Promise.all(found.map(kind => client().list(kind, { ...inNamespace, labelSelector: selector })))).flatMap(({ items }) => items.map(refOf))
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
  if (!isRecord(found)) throw new Error(`the tests know no resource ${resource}`)
  return found
}
