import { describe, expect, it, test } from 'vitest'
import type { PodTemplate } from './objects.ts'
import { podChangesIn } from './kubernetes-remedies.ts'

const pod = (): PodTemplate => ({
  spec: {
    securityContext: { runAsUser: 0, fsGroup: 1 },
    initContainers: [{ name: 'init', securityContext: { privileged: true } }],
    containers: [
      { name: 'a', securityContext: { runAsNonRoot: false, capabilities: { add: ['CHOWN', 'NET_BIND_SERVICE'], drop: ['MKNOD'] } } },
      { name: 'b', resources: { limits: { cpu: '6', memory: '1Gi' }, requests: { cpu: '3' } } }
    ]
  }
})
const violates = (text: string) => `violates PodSecurity "restricted:latest": ${text}`

function changed (message: string): unknown {
  const copy = pod()
  for (const { apply } of podChangesIn(message)) apply(copy)
  return copy.spec
}

test.each<[string, string, string[], object]>([
  [
    'capabilities', 'unrestricted capabilities (container "a" must not include "CHOWN" in securityContext.capabilities.add; containers "a", "b" must set securityContext.capabilities.drop=["ALL"])',
    ['no CHOWN in securityContext.capabilities.add of a', 'securityContext.capabilities.drop: ["ALL"] of a and b'],
    { containers: [{ securityContext: { capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] } } }, { securityContext: { capabilities: { drop: ['ALL'] } } }] }
  ],
  [
    'users', 'runAsNonRoot != true (container "a" must not set securityContext.runAsNonRoot=false), runAsUser=0 (pod must not set runAsUser=0)',
    ['no securityContext.runAsNonRoot of a', 'no securityContext.runAsUser of the pod'],
    { securityContext: { fsGroup: 1 }, containers: [{ securityContext: { capabilities: expect.anything() as object } }, {}] }
  ],
  [
    'seccomp', 'seccompProfile (pod or containers "a", "b" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    ['securityContext.seccompProfile.type: "RuntimeDefault" of the pod'],
    { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } }
  ],
  [
    'privileges', 'privileged (container "init" must not set securityContext.privileged=true), allowPrivilegeEscalation != false (container "init" must set securityContext.allowPrivilegeEscalation=false)',
    ['no securityContext.privileged of init', 'securityContext.allowPrivilegeEscalation: false of init'],
    { initContainers: [{ securityContext: { allowPrivilegeEscalation: false } }] }
  ]
])('names the fields of %s', (_, text, texts, spec) => {
  expect(podChangesIn(violates(text)).map(({ text }) => text)).toEqual(texts)
  expect(changed(violates(text))).toMatchObject(spec)
})

test('names the maximum of a LimitRange', () => {
  const message = 'pods "web" is forbidden: [maximum cpu usage per Container is 2, but limit is 6, maximum memory usage per Container is 4Gi, but limit is 12Gi]'
  expect(podChangesIn(message).map(({ text }) => text)).toEqual(['resources.limits.cpu: 2', 'resources.limits.memory: 4Gi'])
  expect(changed(message)).toHaveProperty('containers.1.resources', { limits: { cpu: '2', memory: '1Gi' }, requests: { cpu: '2' } })
})

describe('a message names nothing', () => {
  it.each([
    ['that no value helps', violates('restricted volume types (volume "disk" uses restricted volume type "azureDisk")')],
    ['if one of several things needs a person', violates('privileged (container "init" must not set securityContext.privileged=true), hostPath volumes (volume "v")')],
    ['of another kind', 'exceeded quota: tenant-quota, requested: pods=1, used: pods=60, limited: pods=60']
  ])('%s', (_, message) => expect(podChangesIn(message)).toEqual([]))
})
