import { expect } from 'vitest'
import { refOf, type KubeObject } from '../cluster/kube-object.ts'
import { as, breakGlass, eventually } from '../e2e/context.ts'
import type { Installed } from './installed.ts'
import { isOpen, probe } from './probe.ts'
import { acme, globex, peered, plain, profiled } from './tenants.ts'

const allowingAll = (name: string, namespace: string): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace },
  spec: { podSelector: {}, ingress: [{}], egress: [{}], policyTypes: ['Ingress', 'Egress'] }
})

/**
 * The admin of each Tenant allows all traffic by a NetworkPolicy, which is narrowed. One that is not, by break-glass, opens a namespace
 * meanwhile: all policies are in force by then. Returns a function that deletes them.
 */
export async function allowAll ({ node, pods }: Installed): Promise<() => Promise<void>> {
  const members = [['ada@acme.example', acme], ['hank@globex.example', globex], ['pia@peered.example', peered], ['rosa@profiled.example', profiled]] as const
  for (const [user, namespace] of members) await as(user).create(allowingAll('allow-all', namespace))
  const from = { pid: await node.pidOf(plain, 'pod') }
  const open = async (): Promise<number> => (await probe(from, pods.web)).filter(isOpen).length
  const control = allowingAll('control', globex)
  expect(await open()).toBe(0)
  await breakGlass().create(control)
  await eventually(async () => expect(await open()).toBe(pods.web.length))
  await breakGlass().delete(refOf(control))
  await eventually(async () => expect(await open()).toBe(0))
  return async () => {
    for (const [user, namespace] of members) await as(user).delete(refOf(allowingAll('allow-all', namespace)))
  }
}
