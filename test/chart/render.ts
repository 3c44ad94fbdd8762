import type { KubeObject } from '../cluster/kube-object.ts'
import { parseManifests } from '../cluster/manifests.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { run } from '../support/run.ts'
import { tool, type HelmVersion } from '../tools/tools.ts'

const chart = repositoryPath('chart')

/** The lowest version that the chart accepts. Without it, helm assumes a version of its own. */
const kubernetes = ['--kube-version', '1.34.0']

/** Renders the chart with `helm template`, as release k8s-mtp. Rejects with the output of helm. */
export async function render (args: string[] = [], helm: HelmVersion = 'helm-4'): Promise<KubeObject[]> {
  return parseManifests(
    await run(await tool(helm), [
      'template',
      'k8s-mtp',
      chart,
      '--namespace',
      'k8s-mtp-system',
      ...kubernetes,
      ...args
    ]),
    'chart'
  )
}

/** Lints the chart. Rejects with the findings. */
export async function lint (helm: HelmVersion, values: string): Promise<void> {
  await run(await tool(helm), ['lint', '--strict', chart, ...kubernetes, '--values', values])
}

/** Returns the only object of a kind, or of a kind and a name. */
export function only (objects: KubeObject[], kind: string, name?: string): KubeObject {
  const [found, ...others] = objects.filter(object => object.kind === kind && (name === undefined || object.metadata.name === name))
  if (found === undefined || others.length > 0) {
    throw new Error(`expected one ${kind} ${name ?? ''}, found ${found === undefined ? 0 : 1 + others.length}`)
  }
  return found
}
