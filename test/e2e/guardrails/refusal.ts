import { ApiError } from '../../cluster/api-error.ts'

/** Returns the message of the guardrail that refuses an attempt. Rejects if it is allowed, or refused by something else. */
export async function refusalOf (guardrail: string, attempt: () => Promise<unknown>): Promise<string> {
  const error = await attempt().then(() => undefined, (error: unknown) => error)
  if (error === undefined) throw new Error(`${guardrail} did not refuse it`)
  if (!(error instanceof ApiError)) throw error
  const [, before = '', message] = new RegExp(`^(.*)ValidatingAdmissionPolicy 'k8s-mtp-${guardrail}' with binding 'k8s-mtp-${guardrail}(?:-create|-update)?' denied request: (.*)$`, 's').exec(error.message) ?? []
  if (message === undefined || before.length > 200) throw new Error(`refused, but not by ${guardrail}: ${error.message}`)
  return message
}
