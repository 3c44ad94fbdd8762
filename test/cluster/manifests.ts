import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import { isRecord } from './api-error.ts'
import type { KubeObject } from './kube-object.ts'

/** Reads the objects of a YAML file, or of all YAML files in a folder and its subfolders, in the order of names. */
export function readManifests (path: string): KubeObject[] {
  if (!statSync(path).isDirectory()) return readFile(path)
  return readdirSync(path).sort()
    .map(name => join(path, name))
    .filter(entry => statSync(entry)
      .isDirectory() || (/\.ya?ml$/.test(entry) && !/\/kustomization\.ya?ml$/.test(entry)))
    .flatMap(readManifests)
}

/**
 * Reads the objects of a kustomization that only lists resources, as ours does. Throws for any other field: the tests
 * must install what `kubectl apply -k` would install.
 */
export function readKustomization (folder: string): KubeObject[] {
  const file = join(folder, 'kustomization.yaml')
  const { apiVersion: _, kind: __, resources = [], ...others }: Record<string, unknown> = parse(readFileSync(file, 'utf8'))
  const unknown = Object.keys(others)
  if (unknown.length > 0 || !Array.isArray(resources)) {
    throw new Error(`${file}: only a list of resources is supported, not ${unknown.join(', ')}`)
  }
  return resources.flatMap((resource: unknown) => {
    const path = join(folder, String(resource))
    return statSync(path).isDirectory() ? readKustomization(path) : readFile(path)
  })
}

function readFile (file: string): KubeObject[] {
  return parseManifests(readFileSync(file, 'utf8'), file)
}

/** Parses the objects of a YAML text; errors name its `origin`. */
export function parseManifests (text: string, origin: string): KubeObject[] {
  return parseAllDocuments(text).flatMap(document => {
    const [error] = document.errors
    if (error !== undefined) throw new Error(`${origin}: ${error.message}`)
    const value: unknown = document.toJS()
    if (value === null) return []
    if (!isKubeObject(value)) throw new Error(`${origin} has a document that is no Kubernetes object`)
    return [value]
  })
}

function isKubeObject (value: unknown): value is KubeObject {
  return isRecord(value) && typeof value.apiVersion === 'string' && typeof value.kind === 'string' &&
    isRecord(value.metadata) && typeof value.metadata.name === 'string'
}
