import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { defaultParties, type Parties } from '../guardrails/guardrail.ts'
import { allGuardrails } from '../guardrails/all-guardrails.ts'
import { guardrailManifests } from '../guardrails/admission-policy.ts'
import { InputError } from './input/input-error.ts'

export interface GuardrailOptions {
  /** `namespace/name` of the service account that Metacontroller runs as. */
  engineServiceAccount?: string
  breakGlass?: string[]
  podSecurity?: string[]
  /** A folder, for one file each. */
  output?: string
}

const header = '# Generated from src/guardrails by `npm run guardrails`: change it there.\n'

/**
 * Prints the guardrails, or writes them into a folder with a kustomization.
 * @throws InputError where an option cannot be used
 */
export async function guardrails ({ output, ...options }: GuardrailOptions): Promise<void> {
  const files = guardrailFiles(partiesFrom(options))
  if (output === undefined) {
    process.stdout.write(files.map(({ text }) => text).join('---\n'))
    return
  }
  await mkdir(output, { recursive: true })
  await Promise.all([...files, kustomization(files)].map(({ name, text }) => writeFile(join(output, name), text)))
}

/** One file for each guardrail, named for it. */
export function guardrailFiles (parties: Parties = defaultParties): Array<{ name: string, text: string }> {
  return allGuardrails(parties).map(guardrail => ({
    name: `${guardrail.name.replace(/^k8s-mtp-/, '')}.yaml`,
    text: header + guardrailManifests(guardrail).map(manifest => stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n')
  }))
}

export function kustomization (files: Array<{ name: string }>): { name: string, text: string } {
  return {
    name: 'kustomization.yaml',
    text: header + stringify({ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources: files.map(({ name }) => name).sort() })
  }
}

function partiesFrom ({ engineServiceAccount, breakGlass, podSecurity }: GuardrailOptions): Parties {
  return {
    engine: engineServiceAccount === undefined ? defaultParties.engine : userOf(engineServiceAccount),
    breakGlass: breakGlass ?? defaultParties.breakGlass,
    podSecurity: podSecurity === undefined ? defaultParties.podSecurity : levelsIn(podSecurity)
  }
}

function userOf (serviceAccount: string): string {
  const [namespace, name, ...more] = serviceAccount.split('/')
  if (!namespace || !name || more.length > 0) throw new InputError(`--engine-service-account is namespace/name, for example metacontroller/metacontroller, not ${serviceAccount}`)
  return `system:serviceaccount:${namespace}:${name}`
}

function levelsIn (given: string[]): Parties['podSecurity'] {
  const levels = (['restricted', 'baseline', 'privileged'] as const).filter(level => given.includes(level))
  if (levels.length !== given.length) throw new InputError(`--pod-security is of restricted, baseline and privileged, not ${given.join(' ')}`)
  return levels
}
