import { ApiError } from '../../cluster/api-error.ts'
import type { KubeClient } from '../../cluster/client.ts'
import { allGuardrails } from '../../../src/guardrails/all-guardrails.ts'
import { defaultParties } from '../../../src/guardrails/guardrail.ts'
import { policyNamesOf } from '../../support/policy-names.ts'

const warning = new Set(allGuardrails(defaultParties).filter(({ action }) => action === 'Warn').map(({ name }) => name.replace('k8s-mtp-', '')))

/** Returns the message of the guardrail for an attempt that it refuses or, if it only warns, warns of. Rejects if there is none. */
export async function messageOf (guardrail: string, who: KubeClient, attempt: (who: KubeClient) => Promise<unknown>): Promise<string> {
  return warning.has(guardrail) ? warningOf(guardrail, who, attempt) : refusalOf(guardrail, async () => attempt(who))
}

async function warningOf (guardrail: string, who: KubeClient, attempt: (who: KubeClient) => Promise<unknown>): Promise<string> {
  const warnings: string[] = []
  await attempt(who.listening(text => warnings.push(text)))
  const start = `Validation failed for ValidatingAdmissionPolicy 'k8s-mtp-${guardrail}' with binding 'k8s-mtp-${guardrail}': `
  const found = warnings.find(text => text.startsWith(start))
  if (found === undefined) throw new Error(`${guardrail} did not warn of it: ${warnings.join('\n')}`)
  return found.slice(start.length)
}

/** Returns the message of the guardrail that refuses an attempt. Rejects if it is allowed, or refused by something else. */
export async function refusalOf (guardrail: string, attempt: () => Promise<unknown>): Promise<string> {
  const error = await attempt().then(() => undefined, (error: unknown) => error)
  if (error === undefined) throw new Error(`${guardrail} did not refuse it`)
  if (!(error instanceof ApiError)) throw error
  const names = policyNamesOf(`k8s-mtp-${guardrail}`).join('|')
  const { before = '', message } = new RegExp(`^(?<before>.*)ValidatingAdmissionPolicy '(?<name>${names})' with binding '\\k<name>(?:-create|-update)?'(?: denied request)?: (?<message>.*)$`, 's').exec(error.message)?.groups ?? {}
  if (message === undefined || before.length > 200) throw new Error(`refused, but not by ${guardrail}: ${error.message}`)
  return message
}
