import { readFileSync } from 'node:fs'
import { repositoryPath } from '../test/cluster/paths.ts'
import { run } from '../test/support/run.ts'
import { tool } from '../test/tools/tools.ts'

/*
 * Prints what the chart installs with its default values, without the CustomResourceDefinitions, for kubectl and Kubernetes 1.36 and later.
 * Arguments are those of helm template, such as --set image.tag=dev.
 */
const namespace = 'k8s-mtp-system'
const rendered = await run(await tool('helm-4'), [
  'template', 'k8s-mtp', repositoryPath('chart'),
  '--namespace', namespace,
  '--kube-version', '1.36',
  '--api-versions', 'flowcontrol.apiserver.k8s.io/v1',
  '--no-hooks',
  '--set', 'crds.enabled=false',
  ...process.argv.slice(2)
])
// Applied by a Job of helm otherwise.
const defaultClass = readFileSync(repositoryPath('examples/classes/default.yaml'), 'utf8').replace(/^# yaml-language-server: .*\n/, '')
process.stdout.write([
  '# After crds.yaml: kubectl apply --server-side --filename install.yaml\n',
  `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${namespace}\n`,
  `${rendered.replace(/^---\n/, '')}`,
  defaultClass
].join('---\n').replace(/^(#.*\n)---\n/, '$1'))
