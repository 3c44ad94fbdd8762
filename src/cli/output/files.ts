import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { escapeControls } from './print.ts'

export interface OutputFile { name: string, text: string }

/** Writes files into a folder, which is created if it does not exist. */
export async function writeFiles (folder: string, files: readonly OutputFile[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  await Promise.all(files.map(({ name, text }) => writeFile(join(folder, name), text)))
}

/** Prints YAML files as the documents of one stream. */
export function printFiles (files: readonly OutputFile[]): void {
  process.stdout.write(escapeControls(files.map(({ text }) => text).join('---\n')))
}

/** The file of a policy with its bindings, one of those with the prefix of this project in their names. */
export function policyFile (name: string, manifests: readonly object[], header: string): OutputFile {
  const documents = manifests.map(manifest => stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false }))
  return { name: `${name.replace(/^k8s-mtp-/, '')}.yaml`, text: header + documents.join('---\n') }
}

/** The kustomization of some files, for `kubectl apply -k`. */
export function kustomizationOf (files: readonly OutputFile[], header: string): OutputFile {
  const resources = files.map(({ name }) => name)
  const kustomization = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources }
  return { name: 'kustomization.yaml', text: header + stringify(kustomization) }
}
