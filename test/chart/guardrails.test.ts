import { expect, it } from 'vitest'
import { only, render } from './render.ts'

/** Renders the chart, and returns a policy as JSON. */
async function policy (name: string, ...args: string[]): Promise<string> {
  return JSON.stringify(only(await render(args), 'ValidatingAdmissionPolicy', name))
}

it('guardrails know Metacontroller by its service account', async () => {
  const args = ['--set', 'metacontroller.install=false,metacontroller.serviceAccount.namespace=there,metacontroller.serviceAccount.name=engine']
  const policies = (await render(args)).filter(({ kind, metadata }) => kind === 'ValidatingAdmissionPolicy' && /^k8s-mtp-engine(-|$)/.test(metadata.name))
  expect(policies.length).toBeGreaterThan(1)
  for (const policy of policies) expect(JSON.stringify(policy)).toContain("request.userInfo.username in ['system:serviceaccount:there:engine']")
})

it('guardrails know the Metacontroller of the chart, by whatever name', async () => {
  const args = ['--set', 'namespaceOverride=there,fullnameOverride=mtp']
  expect(await policy('k8s-mtp-engine', ...args)).toContain("request.userInfo.username in ['system:serviceaccount:there:mtp-metacontroller']")
})

it('names of any length fit, and guardrails know them', async () => {
  const objects = await render(['--set', `fullnameOverride=${'long-'.repeat(12)}name`])
  const deployment = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name.endsWith('-metacontroller'))
  const [service] = objects.filter(({ kind, metadata }) => kind === 'Service' && metadata.name === deployment?.metadata.name)
  expect(service?.metadata.name.length).toBeLessThanOrEqual(63)
  const policy = only(objects, 'ValidatingAdmissionPolicy', 'k8s-mtp-engine')
  expect(JSON.stringify(policy)).toContain(`'system:serviceaccount:k8s-mtp-system:${deployment?.metadata.name}'`)
})

it('an empty service account is the default: otherwise no guardrail would apply to Metacontroller', async () => {
  const args = ['--set', 'metacontroller.install=false,metacontroller.serviceAccount.name=null']
  expect(await policy('k8s-mtp-engine', ...args)).toContain("['system:serviceaccount:metacontroller:metacontroller']")
})

it('guardrails name the break-glass groups in messages', async () => {
  expect(await policy('k8s-mtp-tenant-objects', '--set', 'guardrails.breakGlassGroups={ops,security}')).toContain('ops or security')
})

it('guardrails accept the levels of pod security in the values', async () => {
  const rendered = await policy('k8s-mtp-engine-namespaces', '--set', 'guardrails.podSecurity={restricted}')
  expect(rendered).toContain("in ['restricted']")
})
