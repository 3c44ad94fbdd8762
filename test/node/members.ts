import { createInterface } from 'node:readline'
import { once } from 'node:events'
import { beforeAll, expect, test } from 'vitest'
import { freePorts } from '../cluster/ports.ts'
import { agentImage } from '../cluster/node/platform.ts'
import { as } from '../e2e/context.ts'
import type { Ended } from '../support/run.ts'
import { agentPod, runPod } from './agent.ts'
import type { Installed } from './installed.ts'
import { kubectl, startKubectl } from './kubectl.ts'
import { acme } from './tenants.ts'
import { probe } from './probe.ts'

const people = { admin: 'ada@acme.example', operator: 'otto@acme.example', viewer: 'vera@acme.example' }
type Person = keyof typeof people

/** What kubectl does with a running pod, as the members of a Tenant. */
export function members (installed: () => Installed): void {
  beforeAll(async () => {
    await runPod(agentPod(acme, 'shell', { container: { command: ['/bin/sh', '-c', 'echo started; cat; exec sleep 1000'], stdin: true } }), as(people.admin))
  })

  const by = async (person: Person, args: string[], input?: string): Promise<Ended> =>
    await kubectl(installed(), ['--as', people[person], '--namespace', acme, ...args], input)

  test.each(['admin', 'operator', 'viewer'] as const)('%s reads logs', async person => {
    expect(await by(person, ['logs', 'shell'])).toMatchObject({ code: 0, stdout: expect.stringContaining('started') })
  })

  test.each(['admin', 'operator'] as const)('%s executes a command, with stdin and a terminal', async person => {
    expect(await by(person, ['exec', 'shell', '--', 'id', '-u'])).toMatchObject({ code: 0, stdout: '65532\n' })
    expect(await by(person, ['exec', '--stdin', 'shell', '--', 'cat'], 'a word')).toMatchObject({ code: 0, stdout: 'a word' })
    expect(await by(person, ['exec', 'shell', '--', 'sh', '-c', 'exit 7'])).toMatchObject({ code: 7 })
  })

  test.each(['admin', 'operator'] as const)('%s attaches to a running container', async person => {
    const attached = await startKubectl(installed(), ['--as', people[person], '--namespace', acme, 'attach', '--stdin', 'shell'])
    const line = once(createInterface({ input: attached.stdout }), 'line')
    // What is written before it is attached is lost.
    const again = setInterval(() => attached.stdin.write(`hello of the ${person}\n`), 500)
    expect(await line).toEqual([`hello of the ${person}`])
    clearInterval(again)
    attached.kill()
  })

  test.each(['admin', 'operator'] as const)('%s forwards a port', async person => {
    const [port = 0] = await freePorts(1)
    const forward = await startKubectl(installed(), ['--as', people[person], '--namespace', acme, 'port-forward', 'pod/one', `${port}:8080`])
    await once(createInterface({ input: forward.stdout }), 'line')
    expect(await probe('node', [{ protocol: 'tcp', host: '127.0.0.1', port }])).toEqual(['one'])
    forward.kill()
  })

  test.each([
    ['exec', ['exec', 'shell', '--', 'id'], /cannot (create|get) resource "pods\/exec"/],
    ['attach', ['attach', 'one'], /cannot (create|get) resource "pods\/attach"/],
    ['port-forward', ['port-forward', 'pod/one', '8080'], /cannot (create|get) resource "pods\/portforward"/]
  ])('viewer cannot %s, and kubectl says so', async (_, args, message) => {
    expect(await by('viewer', args)).toMatchObject({ code: 1, stderr: expect.stringMatching(message) })
  })

  // Containers cannot be added to a running pod: they would not be counted by quotas.
  test.each(['admin', 'operator', 'viewer'] as const)('%s cannot debug with a container in the pod, and kubectl says so', async person => {
    const debug = ['debug', 'one', `--image=${agentImage}`, '--image-pull-policy=Never', '--profile=restricted', '--', '/bin/id']
    expect(await by(person, debug)).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot patch resource "pods/ephemeralcontainers"') })
  })

  test.each(['admin', 'operator'] as const)('%s debugs with a copy of the pod', async person => {
    const copy = ['debug', 'one', `--copy-to=copy-of-${person}`, '--profile=restricted', '--container=agent', '--', '/bin/sleep', '1000']
    expect(await by(person, copy)).toMatchObject({ code: 0 })
    await by(person, ['delete', 'pod', `copy-of-${person}`, '--now'])
  })
}
