import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addresses, dnsAddress } from '../cluster/node/network.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { client, eventually } from '../e2e/context.ts'
import { addressOf } from './agent.ts'
import type { Installed } from './installed.ts'
import { enter, isOpen, probe, type Source, type Target } from './probe.ts'
import { acme, dnsCaches, globex, legacy, peered, plain, profiled, staging, tcpAndUdp } from './tenants.ts'

const run = promisify(execFile)

/**
 * What reaches what, by packets: `yes` where both TCP and UDP do, by the address of the pod and by its Service, `no` where none does. Written
 * by hand. Rows are where an attempt comes from, columns what it is aimed at.
 *
 *   acme, globex   Tenants without peers
 *   peered         a Tenant whose class allows traffic from and to the namespace plain, and to one address outside
 *   profiled       a Tenant whose class has all network profiles, with the namespace plain for monitoring
 *   staging        a further namespace of globex, whose class lets the namespaces of a Tenant connect
 *   legacy         an existing namespace that acme has adopted, and whose class does not
 *   plain          a namespace without a Tenant
 *   on node        a pod with the network of the node
 *   node           a program of the node, such as the kubelet
 *   world          a machine outside of the cluster, which routes to its pods
 *   sibling        another pod of acme
 *   internet       an address outside of the cluster
 *   DNS cache      a program in the network of the node, at the link-local address of a node-local cache
 *   at Service     another one, at the tenth address of a network of Services in the class of profiled
 */
const expected = `
from     | sibling | acme | globex | peered | profiled | staging | legacy | plain | on node | kubelet | API server | metadata | internet | DNS | DNS by pod | other ports of DNS | DNS cache | at Service
acme     | yes     |      | no     | no     | no       | no      | no     | no    | no      | no      | no         | no       | no       | yes | yes        | no                 | yes       | no
globex   |         | no   |        | no     | no       | yes     | no     | no    | no      | no      | no         | no       | no       | yes | yes        | no                 | yes       | no
peered   |         | no   | no     |        | no       | no      | no     | yes   | no      | no      | no         | no       | yes      | yes | yes        | no                 | yes       | no
profiled |         | no   | no     | no     |          | no      | no     | no    | no      | no      | yes        | no       | yes      | yes | yes        | no                 | yes       | yes
staging  |         | no   | yes    | no     | no       |         | no     | no    | no      | no      | no         | no       | no       | yes | yes        | no                 | yes       | no
legacy   |         | no   | no     | no     | no       | no      |        | no    | no      | no      | no         | no       | no       | yes | yes        | no                 | yes       | no
plain    |         | no   | no     | yes    | yes      | no      | no     |       | yes     | yes     | yes        | yes      | yes      | yes | yes        | yes                | yes       | yes
on node  |         | yes  | yes    | yes    | yes      | yes     | yes    | yes   |         | yes     | yes        | yes      | yes      | yes | yes        | yes                | yes       | yes
node     |         | yes  | yes    | yes    | yes      | yes     | yes    | yes   | yes     | yes     | yes        | yes      | yes      | yes | yes        | yes                | yes       | yes
world    |         | no   | no     | no     | no       | no      | no     | yes   | yes     | yes     | yes        |          |          | yes | yes        | yes                |           |
`
const [head = [], ...rows] = expected.trim().split('\n').map(line => line.split('|').map(cell => cell.trim()))
const cells = rows.flatMap(([from = '', ...row]) =>
  row.flatMap((value, index) => value === '' ? [] : [[from, head[index + 1] ?? '', value] as const]))

/** @param prepare what happens before, and returns what happens after */
export function packets (installed: () => Installed, prepare: (installed: Installed) => Promise<() => Promise<void>> = async () => async () => {}): void {
  let servers: ChildProcess[] = []
  let finish: (() => Promise<void>) | undefined
  let sources: Record<string, Source>
  let targets: Record<string, Target[]>
  const answers = new Map<string, string[]>()

  beforeAll(async () => {
    servers = [await listen('world', `${addresses.internet}:8080`, `${addresses.metadata}:80`), await listenAsDnsCache()]
    const { node, controlPlane, pods } = installed()
    const pid = async (namespace: string, name: string): Promise<Source> => ({ pid: await node.pidOf(namespace, name) })
    sources = {
      acme: await pid(acme, 'one'),
      globex: await pid(globex, 'web'),
      peered: await pid(peered, 'app'),
      profiled: await pid(profiled, 'job'),
      staging: await pid(staging, 'api'),
      legacy: await pid(legacy, 'old'),
      plain: await pid(plain, 'pod'),
      'on node': await pid(plain, 'on-node'),
      node: 'node',
      world: 'world'
    }
    const dns = await dnsPod()
    targets = {
      sibling: pods.two,
      acme: pods.one,
      globex: pods.web,
      peered: pods.app,
      profiled: pods.job,
      staging: pods.api,
      legacy: pods.old,
      plain: pods.pod,
      'on node': tcpAndUdp(addresses.node, 9000),
      kubelet: [{ protocol: 'tcp', host: addresses.node, port: 10250 }],
      'API server': [['10.96.0.1', 443] as const, [addresses.node, Number(new URL(controlPlane.connection.server).port)] as const]
        .map(([host, port]) => ({ protocol: 'tcp', host, port })),
      metadata: tcpAndUdp(addresses.metadata, 80),
      internet: tcpAndUdp(addresses.internet),
      DNS: (['dns', 'tcp'] as const).map(protocol => ({ protocol, host: dnsAddress, port: 53 })),
      'DNS by pod': (['dns', 'tcp'] as const).map(protocol => ({ protocol, host: dns, port: 53 })),
      'other ports of DNS': [{ protocol: 'tcp', host: dns, port: 8181 }],
      'DNS cache': tcpAndUdp(dnsCaches.linkLocal, 53),
      'at Service': tcpAndUdp(dnsCaches.service, 53)
    }
    // A pod is filtered a moment after it runs; then all is tried at once.
    await eventually(async () => expect((await probe(sources.plain ?? 'node', pods.one)).filter(isOpen)).toEqual([]))
    await eventually(async () => expect((await probe(sources.peered ?? 'node', pods.pod)).filter(isOpen)).toHaveLength(pods.pod.length))
    finish = await prepare(installed())
    await Promise.all(Object.entries(sources).map(async ([from, source]) => {
      const results = await probe(source, Object.values(targets).flat())
      for (const [to, { length }] of Object.entries(targets)) answers.set(`${from} to ${to}`, results.splice(0, length))
    }))
  })
  afterAll(async () => {
    for (const server of servers) server.kill()
    await finish?.()
  })

  test.for(cells)('from %s to %s: %s', async ([from, to, value]) => {
    let results = answers.get(`${from} to ${to}`) ?? []
    // On a busy machine an answer may come too late: what should be open is tried once more.
    if (value === 'yes' && !results.every(isOpen)) results = await probe(sources[from] ?? 'node', targets[to] ?? [])
    const all = targets[to]?.map(({ protocol, host, port }, index) => `${protocol} ${host}:${port} ${results[index]}`)
    expect(results.map(result => isOpen(result) ? 'yes' : 'no'), all?.join(', ')).toEqual(results.map(() => value))
    expect(results).not.toEqual([])
  })
}

/** In the network of the node, where no pod selector matches it. */
async function listenAsDnsCache (): Promise<ChildProcess> {
  for (const address of Object.values(dnsCaches)) await run('ip', ['address', 'replace', `${address}/32`, 'dev', 'lo'])
  return await listen('node', ...Object.values(dnsCaches).map(address => `${address}:53`))
}

async function listen (where: 'world' | 'node', ...listening: string[]): Promise<ChildProcess> {
  const [command = '', ...args] = [...enter(where), process.execPath, repositoryPath('test/cluster/node/agent/listen.mjs'), ...listening]
  const server = spawn(command, args, { stdio: 'ignore', env: { ...process.env, HOSTNAME: where } })
  await once(server, 'spawn')
  return server
}

async function dnsPod (): Promise<string> {
  const { items: [pod] } = await client().list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: 'kube-system', labelSelector: 'k8s-app=kube-dns' })
  if (pod === undefined) throw new Error('there is no DNS')
  return await addressOf(pod)
}
