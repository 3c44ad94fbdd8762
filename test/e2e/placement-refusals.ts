import type { KubeObject } from '../cluster/kube-object.ts'
import { pod, restricted } from './guarded-tenant.ts'
import type { Refusal } from './refusals.ts'
import type { Target, Words } from './workload-refusals.ts'

/** Pods that choose where, as what and how long they run. */
export function placementRefusals ({ namespace, priorityClass }: Target, { not, disabled }: Words): Refusal[] {
  const ofPod = (it: string, refused: object, accepted: object, says: string): Refusal =>
    ({ it, refused: pod(namespace, refused), accepted: pod(namespace, accepted), says })
  const toleration = (it: string, refused: object, accepted: object, says: string) =>
    ofPod(it, { tolerations: [accepted, refused] }, { tolerations: [accepted] }, not(`the toleration ${says}`, 'pods.tolerations', 'pool, any-effect, no-value'))
  const shared = { key: 'pool', value: 'shared', effect: 'NoSchedule' }
  const volume = (driver: string) => ({ volumes: [{ name: 'v', csi: { driver, readOnly: true } }] })
  const imageVolume = (pullPolicy: string) => ({ volumes: [{ name: 'v', image: { reference: restricted.container.image, pullPolicy } }] })
  const probe = (terminationGracePeriodSeconds: number) =>
    ({ containers: [{ ...restricted.container, livenessProbe: { exec: { command: ['true'] }, terminationGracePeriodSeconds } }] })
  const grace = (seconds: number) => disabled(`terminationGracePeriodSeconds ${seconds}`, 'pods.maxTerminationGracePeriodSeconds', '3600')
  return [
    ofPod('a pod that names its node', { nodeName: 'n1' }, {}, disabled('spec.nodeName', 'pods.allowNodeName', 'false')),
    toleration('a toleration of all taints', { operator: 'Exists' }, { ...shared, operator: 'Equal' }, 'of all taints'),
    toleration('a toleration of any value', { ...shared, value: undefined, operator: 'Exists' }, shared, 'pool:NoSchedule'),
    toleration('a toleration of another value', { ...shared, value: 'gpu' }, shared, 'pool=gpu:NoSchedule'),
    toleration('a toleration of any effect', { ...shared, effect: undefined }, { key: 'any-effect', operator: 'Exists' }, 'pool=shared'),
    toleration('a toleration of another effect', { ...shared, effect: 'NoExecute' }, { key: 'any-effect', operator: 'Exists', effect: 'NoExecute' }, 'pool=shared:NoExecute'),
    toleration('a toleration of an empty value where one is listed', { ...shared, value: '' }, shared, 'pool:NoSchedule'),
    toleration('a toleration of a value where none is listed', { key: 'no-value', value: 'gpu' }, { key: 'no-value' }, 'no-value=gpu'),
    toleration('a toleration of nodes that take no new pods', { key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }, { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' }, 'node.kubernetes.io/unschedulable'),
    ofPod(
      'a pod of 101 tolerations', { tolerations: Array.from({ length: 101 }, (_, index) => ({ ...shared, tolerationSeconds: index, effect: 'NoExecute', key: 'any-effect' })) },
      { tolerations: Array.from({ length: 90 }, (_, index) => ({ ...shared, tolerationSeconds: index, effect: 'NoExecute', key: 'any-effect' })) },
      'a pod may have 100 tolerations. Remove some'
    ),
    ofPod('an unlisted RuntimeClass', { runtimeClassName: `${priorityClass}-other` }, { runtimeClassName: priorityClass }, not(`the RuntimeClass ${priorityClass}-other`, 'pods.runtimeClasses', priorityClass)),
    ofPod('an unlisted scheduler', { schedulerName: 'mine' }, { schedulerName: 'batch-scheduler' }, not('the scheduler mine', 'pods.schedulers', 'default-scheduler, batch-scheduler')),
    ofPod('an unlisted CSI driver in a pod', volume('host.csi.example.com'), volume('secrets-store.csi.k8s.io'), not('volumes of the CSI driver host.csi.example.com without a claim', 'pods.csiDrivers', 'secrets-store.csi.k8s.io')),
    ofPod('a pod with a long time to end', { terminationGracePeriodSeconds: 2_147_483_647 }, { terminationGracePeriodSeconds: 3600 }, grace(2_147_483_647)),
    ofPod('a pod whose probe gives it a long time to end', probe(3601), probe(3600), grace(3601)),
    ofPod('an unlisted PriorityClass', { priorityClassName: `${priorityClass}-other` }, {}, not(`the PriorityClass ${priorityClass}-other`, 'priorityClasses', priorityClass)),
    {
      it: 'an unlisted imagePullPolicy',
      refused: pod(namespace, {}, { imagePullPolicy: 'Never' }),
      accepted: pod(namespace, {}, { imagePullPolicy: 'Always' }),
      says: not('imagePullPolicy Never', 'pods.imagePullPolicies', 'Always, IfNotPresent')
    },
    ofPod('an image volume with an unlisted pullPolicy', imageVolume('Never'), imageVolume('Always'), not('imagePullPolicy Never', 'pods.imagePullPolicies', 'Always, IfNotPresent')),
    ...devices(namespace, not)
  ]
}

function devices (namespace: string, not: Words['not']): Refusal[] {
  const claim = (request: object): KubeObject =>
    ({ apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaim', metadata: { name: 'device', namespace }, spec: { devices: { requests: [{ name: 'r', ...request }] } } })
  const template = (request: object): KubeObject => ({ ...claim({}), kind: 'ResourceClaimTemplate', spec: { spec: claim(request)['spec'] } })
  const exactly = (deviceClassName: string) => ({ exactly: { deviceClassName } })
  const first = (...classes: string[]) => ({ firstAvailable: classes.map((deviceClassName, index) => ({ name: `s${index}`, deviceClassName })) })
  const says = not('the DeviceClass admin.example.com', 'deviceClasses', 'gpu.example.com')
  return [
    { it: 'an unlisted DeviceClass', refused: claim(exactly('admin.example.com')), accepted: claim(exactly('gpu.example.com')), says },
    { it: 'an unlisted DeviceClass as an alternative', refused: claim(first('gpu.example.com', 'admin.example.com')), accepted: claim(first('gpu.example.com')), says },
    { it: 'an unlisted DeviceClass in a template', refused: template(exactly('admin.example.com')), accepted: template(exactly('gpu.example.com')), says },
  ]
}
