import { componentVersions } from '../check/component-versions.ts'
import { packageVersion } from '../version.ts'
import { hook, metacontroller, selectedPods } from './check/checks.ts'
import { resources } from '../kubernetes/resources.ts'
import { createReader, type Reader } from './cluster/reader.ts'
import { openCluster } from './cluster/cluster.ts'
import type { ConnectionOptions } from './cluster/connection.ts'
import { columns } from './output/layout.ts'
import { print } from './output/print.ts'

export interface VersionOptions extends ConnectionOptions {
  /** Connects to no cluster. */
  client?: boolean
  output: 'text' | 'json'
}

const advice = 'Use --client for the version of this program only, or run the command as a user who may read the installation.'

/**
 * Prints the version of this program, and of the parts of an installation: its own also where the cluster cannot be reached.
 * @throws InputError where the cluster cannot be reached, or refuses
 */
export async function version ({ client = false, output, ...options }: VersionOptions): Promise<void> {
  const own = { client: packageVersion }
  if (client) return printVersions(own, output)
  const inCluster = await versionsInCluster(options).catch((error: unknown) => {
    printVersions(own, output)
    throw error
  })
  printVersions({ ...own, ...inCluster }, output)
}

async function versionsInCluster (options: ConnectionOptions) {
  return componentVersions(await readComponents(createReader(await openCluster(options, advice))))
}

function printVersions (versions: Record<string, string>, output: VersionOptions['output']): void {
  if (output === 'json') print(JSON.stringify(versions, null, 2))
  else columns(Object.entries(versions)).forEach(line => print(line))
}

async function readComponents (reader: Reader) {
  const { service } = await hook(reader)
  return {
    kubernetes: await reader.cluster.serverVersion(),
    definitions: await reader.list(resources.definitions),
    policies: await reader.list(resources.validatingPolicies),
    parties: await reader.parties(),
    hookPods: service === undefined ? [] : await selectedPods(reader, service),
    metacontroller: await metacontroller(reader)
  }
}
