import type { KubeObject } from '../cluster/kube-object.ts'
import { parseManifests } from '../cluster/manifests.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { run } from '../support/run.ts'
import { tool, type HelmVersion } from '../tools/tools.ts'

const chart = repositoryPath('chart')

/** The lowest version that the chart accepts. Without it, helm assumes a version of its own. */
const kubernetes = ['--kube-version', '1.34.0']

/** What `helm template` makes of the chart, as the release k8s-mtp. Rejects with what helm says. */
export async function render (args: string[] = [], helm: HelmVersion = 'helm-4'): Promise<KubeObject[]> {
  return parseManifests(await run(await tool(helm), ['template', 'k8s-mtp', chart, '--namespace', 'k8s-mtp-system', ...kubernetes, ...args]), 'chart')
}

/** Lints the chart as strictly as helm can. Rejects with what it finds. */
export async function lint (helm: HelmVersion, values: string): Promise<void> {
  await run(await tool(helm), ['lint', '--strict', chart, ...kubernetes, '--values', values])
}

/** The one object of a kind, or of a kind and a name. */
export function only (objects: KubeObject[], kind: string, name?: string): KubeObject {
  const [found, ...others] = objects.filter(object => object.kind === kind && (name === undefined || object.metadata.name === name))
  if (found === undefined || others.length > 0) throw new Error(`there are ${found === undefined ? 'no' : 1 + others.length} objects ${kind} ${name ?? ''}`)
  return found
}
