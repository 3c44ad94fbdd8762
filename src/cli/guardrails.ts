import { defaultParties, type Parties } from '../guardrails/guardrail.ts'
import { allGuardrails } from '../guardrails/all-guardrails.ts'
import { guardrailManifests } from '../guardrails/admission-policy.ts'
import { compareText } from '../kubernetes/compare-text.ts'
import { InputError } from './input/input-error.ts'
import { kustomizationOf, policyFile, printFiles, writeFiles, type OutputFile } from './output/files.ts'

export interface GuardrailOptions {
  /** `namespace/name` of the ServiceAccount of Metacontroller. */
  engineServiceAccount?: string
  breakGlass?: string[]
  podSecurity?: string[]
  platformNamespace?: string[]
  /** The folder to write to; without it the guardrails are printed. */
  outputDir?: string
}

const header = '# Generated from src/guardrails by `npm run guardrails`: change it there.\n'

/**
 * Prints the guardrails, or writes them into a folder with a kustomization.
 * @throws InputError if an option is invalid
 */
export async function guardrails ({ outputDir, ...options }: GuardrailOptions): Promise<void> {
  const files = guardrailFiles(partiesFrom(options))
  if (outputDir === undefined) printFiles(files)
  else await writeFiles(outputDir, [...files, kustomization(files)])
}

/** One file per guardrail. */
export function guardrailFiles (parties: Parties = defaultParties): OutputFile[] {
  return allGuardrails(parties).map(guardrail => policyFile(guardrail.name, guardrailManifests(guardrail), header))
}

export function kustomization (files: readonly OutputFile[]): OutputFile {
  return kustomizationOf([...files].sort((a, b) => compareText(a.name, b.name)), header)
}

function partiesFrom ({ engineServiceAccount, breakGlass, podSecurity, platformNamespace }: GuardrailOptions): Parties {
  return {
    engine: engineUser(engineServiceAccount),
    breakGlass: breakGlass ?? defaultParties.breakGlass,
    podSecurity: podSecurity === undefined ? defaultParties.podSecurity : levelsIn(podSecurity),
    platformNamespaces: platformNamespace ?? defaultParties.platformNamespaces
  }
}

/** The user that Metacontroller acts as in a cluster: of the given ServiceAccount, or of those of the chart and of its own chart. */
export function enginesNamed (serviceAccount: string | undefined): string[] {
  const ofOurChart = 'system:serviceaccount:k8s-mtp-system:k8s-mtp-metacontroller'
  return serviceAccount === undefined ? [ofOurChart, defaultParties.engine] : [engineUser(serviceAccount)]
}

function engineUser (serviceAccount: string | undefined): string {
  if (serviceAccount === undefined) return defaultParties.engine
  const [namespace, name, ...more] = serviceAccount.split('/')
  if (namespace && name && more.length === 0) return `system:serviceaccount:${namespace}:${name}`
  throw new InputError(`--engine-service-account is not namespace/name: ${serviceAccount}. Write it like metacontroller/metacontroller.`)
}

function levelsIn (given: string[]): Parties['podSecurity'] {
  const levels = (['restricted', 'baseline', 'privileged'] as const).filter(level => given.includes(level))
  if (levels.length === given.length) return levels
  throw new InputError(`--pod-security has an unknown or repeated level: ${given.join(' ')}. Use restricted, baseline and privileged.`)
}
