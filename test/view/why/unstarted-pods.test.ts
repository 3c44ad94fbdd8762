import { describe, expect, it } from 'vitest'
import type { ObservedObject } from '../../../src/kubernetes/object.ts'
import { causesOfPods, isUnschedulable, unstartedPods } from '../../../src/view/why/unstarted-pods.ts'

const now = new Date('2026-11-22T12:00:00Z')
const namespace = 'tenant-acme-shop'
const page = 'https://github.com/k8s-mtp/k8s-mtp/blob/main/docs/tenants.md#my-pod-was-admitted-and-does-not-start'
const pod = (status: object, metadata: object = {}): ObservedObject => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-5-abc', namespace, ...{ creationTimestamp: '2026-11-22T11:00:00Z' }, ...metadata }, status
})
const waiting = (reason: string, message?: string, rest: object = {}) => ({ name: 'main', restartCount: 0, state: { waiting: { reason, message } }, ...rest })
const withContainer = (container: object, metadata: object = {}) => pod({ phase: 'Pending', containerStatuses: [container] }, metadata)
const unscheduled = (message: string, reason = 'Unschedulable') =>
  pod({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason, message }] })
const causes = (pods: ObservedObject[], policy: Record<string, unknown> = {}, replicaSets: ObservedObject[] = []) =>
  causesOfPods(unstartedPods(pods, now), replicaSets, new Map([[namespace, policy]]))
const kubectl = `kubectl --namespace ${namespace}`
const bounds = (pods: object) => ({ className: 'default', pods: { nodeSelector: {}, tolerations: [], ...pods } })

describe('a pod whose container does not start', () => {
  const ended = (reason: string, exitCode: number) => ({ restartCount: 5, lastState: { terminated: { reason, exitCode } } })
  it.each<[string, object, RegExp, string]>([
    ['exits', waiting('CrashLoopBackOff', 'back-off 5m0s restarting failed container=main pod=web-5-abc_x(1)', ended('Error', 1)),
      /^container main: it ended with exit code 1 \(Error\), and was restarted 5 times\. Its output has the reason$/, `${kubectl} logs web-5-abc --container main --previous`],
    ['uses more memory than its limit', waiting('CrashLoopBackOff', '', ended('OOMKilled', 137)),
      /exit code 137 \(OOMKilled\).*Raise its memory limit/, `${kubectl} describe pod web-5-abc`],
    ['exits, and says no more', waiting('CrashLoopBackOff', 'back-off 5m0s restarting failed container=main pod=web-5-abc_x(1)'),
      /^container main: back-off 5m0s restarting failed\. Its output/, `${kubectl} logs web-5-abc --container main --previous`],
    ['has no image', waiting('ImagePullBackOff', 'Back-off pulling image "x:1": ErrImagePull: not found'),
      /^container main: Back-off pulling image "x:1": ErrImagePull: not found\. Correct the name of the image, or add imagePullSecrets/, `${kubectl} describe pod web-5-abc`],
    ['has no image yet', waiting('ErrImagePull', 'failed to pull and unpack image "x:1"'), /Correct the name of the image/, `${kubectl} describe pod web-5-abc`],
    ['has an invalid image', waiting('InvalidImageName', 'couldn\'t parse image name "X"'), /Correct the name of the image/, `${kubectl} describe pod web-5-abc`],
    ['lacks a Secret', waiting('CreateContainerConfigError', 'secret "token" not found'),
      /^container main: secret "token" not found\. Create it, or correct its name/, `${kubectl} get secrets,configmaps`],
    ['lacks a key', waiting('CreateContainerConfigError', "couldn't find key a in ConfigMap tenant-acme-shop/b"), /Create it, or correct its name/, `${kubectl} get secrets,configmaps`],
    ['runs as root', waiting('CreateContainerConfigError', 'container has runAsNonRoot and image will run as root (pod: "web-5-abc_x(1)", container: main)'),
      /^container main: container has runAsNonRoot and image will run as root\. Set runAsUser to a number other than 0/, `${kubectl} describe pod web-5-abc`],
    ['has no such program', waiting('RunContainerError', 'exec: "nope": executable file not found in $PATH'), /\$PATH\. Correct the pod template, as the message says$/, `${kubectl} describe pod web-5-abc`],
    ['gives no message', waiting('CreateContainerError'), /^container main: CreateContainerError\. /, `${kubectl} describe pod web-5-abc`],
    ['lacks a volume', waiting('ContainerCreating'), /it has been in creation for over two minutes\. Its events have the reason/, `${kubectl} events --for pod/web-5-abc`]
  ])('%s', (_, container, message, command) => {
    expect(causes([withContainer(container)])).toEqual([{
      object: `Pod ${namespace}/web-5-abc`,
      reason: (container as ReturnType<typeof waiting>).state.waiting.reason,
      message: expect.stringMatching(message) as string,
      commands: [command],
      page
    }])
  })

  it('has an init container that does not', () => {
    const status = { phase: 'Pending', initContainerStatuses: [{ ...waiting('CrashLoopBackOff', 'x'), name: 'setup' }], containerStatuses: [waiting('PodInitializing')] }
    expect(causes([pod(status)])).toMatchObject([{ message: expect.stringContaining('container setup: x') as string }])
  })

  it.each<[string, ObservedObject]>([
    ['runs', pod({ phase: 'Running', containerStatuses: [{ name: 'main', state: { running: {} } }] })],
    ['is new', withContainer(waiting('ContainerCreating'), { creationTimestamp: '2026-11-22T11:59:00Z' })],
    ['waits for init containers', withContainer(waiting('PodInitializing'))],
    ['is not scheduled yet', pod({ phase: 'Pending' })],
    ['has ended', pod({ phase: 'Failed', containerStatuses: [waiting('CrashLoopBackOff')] })],
    ['is being deleted', withContainer(waiting('CrashLoopBackOff'), { deletionTimestamp: '2026-11-22T11:59:00Z' })],
    ['has a status of another shape', pod({ phase: 7, conditions: 'x', containerStatuses: [null, { state: [] }, { state: { waiting: 1 } }] })]
  ])('is not one that %s', (_, object) => {
    expect(causes([object])).toEqual([])
  })
})

describe('a pod without a node', () => {
  const noLabels = "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling."
  it.each<[string, string, Record<string, unknown>, RegExp]>([
    ['labels that the class requires', noLabels, bounds({ nodeSelector: { pool: 'shared' } }),
      /^0\/3 nodes are available: 3 node\(s\) didn't match Pod's node affinity\/selector\. TenantClass default requires nodes with pool=shared: .*ask the platform team to label nodes$/],
    ['own labels', noLabels, bounds({}), /Correct nodeSelector and affinity of the pod template/],
    ['taints without a toleration that is allowed', '0/1 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu}.', bounds({}),
      /\{dedicated: gpu\}\. TenantClass default allows no tolerations: ask the platform team/],
    ['taints with one', '0/1 nodes are available: 1 node(s) had untolerated taint(s).',
      bounds({ tolerations: [{ key: 'dedicated', value: 'acme', effect: 'NoSchedule' }, { key: 'spot', value: '*', effect: '*' }] }),
      /Add a toleration that TenantClass default allows: dedicated=acme:NoSchedule, spot; or ask/],
    ['taints, and unknown bounds', '0/1 nodes are available: 1 node(s) had untolerated taint {a: b}.', {}, /Add a toleration to the pod template/],
    ['nodes that are not ready', '0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }.', bounds({}), /Nodes are not ready, or reserved for the control plane/],
    ['room', '0/2 nodes are available: 2 Insufficient cpu.', bounds({}), /Insufficient cpu\. Lower requests or replicas, or ask the platform team for nodes$/],
    ['several', '0/2 nodes are available: 1 Insufficient memory, 1 node(s) were unschedulable.', bounds({}), /Lower requests.*\. Nodes are cordoned/],
    ['anything else', '0/2 nodes are available: 2 of a new kind.', bounds({}), /of a new kind\. Ask the platform team for nodes that fit$/]
  ])('for %s', (_, message, policy, expected) => {
    const found = unstartedPods([unscheduled(message)], now)
    expect(found.map(isUnschedulable)).toEqual([true])
    expect(causes([unscheduled(message)], policy)).toMatchObject([{ reason: 'Unschedulable', message: expect.stringMatching(expected) as string, page }])
  })

  it('has the command for nodes of the class, for claims, and for its gates', () => {
    const commands = (object: ObservedObject, policy = bounds({})) => causes([object], policy).map(cause => cause.commands)
    expect(commands(unscheduled(noLabels), bounds({ nodeSelector: { pool: 'shared' } }))).toEqual([['kubectl get nodes --selector=pool=shared', `${kubectl} describe pod web-5-abc`]])
    expect(commands(unscheduled('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.')))
      .toEqual([[`${kubectl} get persistentvolumeclaims`, `${kubectl} describe pod web-5-abc`]])
    expect(causes([unscheduled('Scheduling is blocked', 'SchedulingGated')])).toMatchObject([{ reason: 'SchedulingGated', message: expect.stringContaining('schedulingGates') as string }])
  })
})

describe('pods of a workload', () => {
  const owned = (name: string, kind: string, owner: string) =>
    withContainer(waiting('ErrImagePull', `pull of ${name}`), { name, ownerReferences: [{ uid: 'u', kind, name: owner, controller: true }] })
  const replicaSet: ObservedObject = {
    apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'web-5', namespace, ownerReferences: [{ uid: 'u', kind: 'Deployment', name: 'web', controller: true }] }
  }

  it('are one cause, of the Deployment', () => {
    expect(causes([owned('web-5-b', 'ReplicaSet', 'web-5'), owned('web-5-a', 'ReplicaSet', 'web-5'), owned('db-0', 'StatefulSet', 'db')], {}, [replicaSet])
      .map(({ object, message }) => [object, message.slice(0, 46)])).toEqual([
      [`StatefulSet ${namespace}/db`, 'pod db-0: container main: pull of db-0. Correc'],
      [`Deployment ${namespace}/web`, '2 pods, such as web-5-a: container main: pull ']
    ])
  })

  it('are of the ReplicaSet where it could not be read', () => {
    expect(causes([owned('web-5-a', 'ReplicaSet', 'web-5')])).toMatchObject([{ object: `ReplicaSet ${namespace}/web-5` }])
  })
})
