import type { Command } from 'commander'
import { manager, labels } from '../api/group.ts'
import { candidatesFor, type Candidates } from './completion/candidates.ts'
import { resources } from '../kubernetes/resources.ts'
import { openCluster } from './cluster/cluster.ts'
import type { ConnectionOptions } from './cluster/connection.ts'
import { onOneLine, print } from './output/print.ts'

/** Prints what can be typed in place of the last word, for the script of a shell. Never fails: a shell shows nothing then. */
export async function complete (program: Command, words: readonly string[]): Promise<void> {
  const candidates = candidatesFor(program, words)
  const typed = words.at(-1) ?? ''
  for (const { value, description } of candidates.values) print(onOneLine(description === '' ? value : `${value}\t${description}`))
  for (const name of await namesIn(candidates, connectionIn(words))) if (name.startsWith(typed)) print(name)
  print(candidates.files ? ':0' : ':4')
}

/** Reads names in the cluster that the command would connect to. */
async function namesIn ({ names }: Candidates, options: ConnectionOptions): Promise<string[]> {
  if (names === undefined) return []
  try {
    const cluster = await openCluster(options)
    const found = names === 'tenants'
      ? await cluster.list(resources.tenants)
      : await cluster.list(resources.namespaces, { labelSelector: `${labels.managedBy}=${manager}` })
    return found.map(({ metadata }) => metadata.name)
  } catch {
    return []
  }
}

function connectionIn (words: readonly string[]): ConnectionOptions {
  const valueOf = (flag: string): string | undefined =>
    words.find(word => word.startsWith(`${flag}=`))?.slice(flag.length + 1) ?? words.find((_, index) => words[index - 1] === flag)
  const [kubeconfig, context] = [valueOf('--kubeconfig'), valueOf('--context')]
  return { ...(kubeconfig !== undefined && { kubeconfig }), ...(context !== undefined && { context }) }
}
