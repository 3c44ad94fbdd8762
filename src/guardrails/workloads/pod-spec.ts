import { daemonSetController } from '../actors.ts'
import { fieldOr, isExemptController, isMemberOf, listOf, maxItems } from '../cel.ts'
import type { Rule } from '../guardrail.ts'
import { isListed, notAllowed, notEnabled, setField } from './allowed.ts'
import { containersIn, hasImage, imagesIn, isFromRegistry, originsOf } from './images.ts'

/**
 * What a class allows in the spec of a pod: `variables.spec` now, and `variables.specBefore`, which is empty on creation. Only what is new
 * is checked.
 */
const pods = 'params.spec.pods'
const spec = 'variables.spec'

const isNew = (field: string): string => `(has(${spec}.${field}) && !(has(variables.specBefore.${field}) && ` +
  `variables.specBefore.${field} == ${spec}.${field}))`

const newValue = (field: string, otherwise = "''"): string => `${isNew(field)} ? ${spec}.${field} : ${otherwise}`

const listNow = (field: string) => fieldOr(`${spec}.${field}`)
const listBefore = (field: string) => fieldOr(`variables.specBefore.${field}`)

/** Nodes create a pod for each static pod, with a toleration of all taints. */
const isNode = isMemberOf(['system:nodes'])

const isAllowed = [
  "(allowed.key == '*' || (has(item.key) && item.key == allowed.key))",
  "(allowed.value == '*' || ((!has(item.operator) || item.operator == 'Equal') && (has(item.value) ? item.value : '') == allowed.value))",
  "(allowed.effect == '*' || (has(item.effect) && item.effect == allowed.effect))"
].join(' && ')

/** The API server adds them to every pod. Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
const ofEveryPod = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
/** Source: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#taints-and-tolerations */
const ofDaemonSets = [
  ...ofEveryPod,
  ...['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable', 'network-unavailable'].map(name => `node.kubernetes.io/${name}`)
]
const hasKeyIn = (keys: string[]): string => `(has(item.key) && item.key in [${keys.map(key => `'${key}'`).join(', ')}])`

const printed = "(has(item.key) ? item.key : 'of all taints') + (has(item.value) ? '=' + item.value : '') + " +
  "(has(item.effect) ? ':' + item.effect : '')"

/** Fields of a volume with nothing from outside of the namespace, or that pod security (`hostPath`) and images bound. */
const ofNamespace = listOf([
  'name', 'configMap', 'downwardAPI', 'emptyDir', 'ephemeral', 'gitRepo', 'hostPath', 'image', 'persistentVolumeClaim', 'projected',
  'secret'
])
/** Those that Kubernetes hands over to a CSI driver. Source: https://kubernetes.io/docs/concepts/storage/volumes/#csi-migration */
const migrated = {
  awsElasticBlockStore: 'ebs.csi.aws.com',
  azureDisk: 'disk.csi.azure.com',
  azureFile: 'file.csi.azure.com',
  cinder: 'cinder.csi.openstack.org',
  gcePersistentDisk: 'pd.csi.storage.gke.io',
  portworxVolume: 'pxd.portworx.com',
  vsphereVolume: 'csi.vsphere.vmware.com'
}
/** The name by which a class lists the driver of a volume: others have that of their field, as nfs. */
const driverOf = Object.entries(migrated).reduceRight(
  (otherwise, [field, driver]) => `key == '${field}' ? '${driver}' : ${otherwise}`, "key == 'csi' ? volume.csi.driver : key"
)

/** The probes that end a container, which can set the time that it has. */
const probesIn = (containers: string): string =>
  `(${['livenessProbe', 'startupProbe'].map(probe =>
    `${containers}.filter(container, has(container.${probe})).map(container, container.${probe})`).join(' + ')})`

/** The pull policy of an existing container never changes. Another container with its image may have another. */
const nameAndImage = `(container.name + ' ' + ${fieldOr('container.image', "''")})`

/** CEL by name, in order, over `variables.spec` and `variables.specBefore`. */
export const podSpecVariables: Record<string, string> = {
  containers: containersIn(spec),
  images: imagesIn(spec),
  imagesBefore: imagesIn('variables.specBefore'),
  hasNewImages: 'variables.images != variables.imagesBefore',
  // Without comparing many images, all have to be allowed.
  knownImages: `variables.imagesBefore.size() > ${maxItems} ? [] : variables.imagesBefore`,
  hasTooMany: `variables.hasNewImages && variables.images.size() > ${pods}.maxContainers`,
  newImages: `
    variables.hasTooMany || !variables.hasNewImages ? [] : variables.images.filter(image, !(image in variables.knownImages))`,
  origins: originsOf('variables.newImages'),
  refusedImages: `variables.origins.filter(origin, !${isFromRegistry('origin', 'params.spec.imageRegistries')})`,
  knownContainers: `
    variables.imagesBefore.size() > ${maxItems} ? [] : ${containersIn('variables.specBefore')}.map(container, ${nameAndImage})`,
  pullPolicies: `
    variables.hasTooMany || !variables.hasNewImages ? [] : variables.containers
      .filter(container, has(container.imagePullPolicy) && !(${nameAndImage} in variables.knownContainers))
      .map(container, container.imagePullPolicy)
    + ${fieldOr(`${spec}.volumes`)}
      .filter(volume, ${hasImage} && has(volume.image.pullPolicy) && !(volume.image.reference in variables.knownImages))
      .map(volume, volume.image.pullPolicy)`,
  refusedPullPolicies: `variables.pullPolicies.filter(name, !${isListed('name', `${pods}.imagePullPolicies`)})`,
  runtimeClass: newValue('runtimeClassName'),
  scheduler: newValue('schedulerName'),
  hasTooManyTolerations: `
    ${listNow('tolerations')}.size() > ${maxItems} && ${listNow('tolerations')} != ${listBefore('tolerations')}`,
  refusedTolerations: `
    variables.hasTooManyTolerations || ${isNode} || ${listNow('tolerations')} == ${listBefore('tolerations')} ? []
    : ${listNow('tolerations')}.filter(item,
      (${listBefore('tolerations')}.size() > ${maxItems} || !(item in ${listBefore('tolerations')}))
      && !${pods}.tolerations.exists(allowed, ${isAllowed}) && !${hasKeyIn(ofEveryPod)}
      && !(${hasKeyIn(ofDaemonSets)} && ${isExemptController(daemonSetController)}))`,
  nodeSelector: fieldOr(`${spec}.nodeSelector`, '{}'),
  missingSelectors: `
    has(variables.specBefore.containers) && variables.nodeSelector == ${fieldOr('variables.specBefore.nodeSelector', '{}')}
    ? [] : ${pods}.nodeSelector.map(key, key).filter(key,
      !(key in variables.nodeSelector) || variables.nodeSelector[key] != ${pods}.nodeSelector[key])`,
  refusedDrivers: `
    ${listNow('volumes')} == ${listBefore('volumes')} ? [] : ${listNow('volumes')}
      .map(volume, volume.filter(key, !(key in ${ofNamespace})).map(key, ${driverOf}))
      .filter(drivers, drivers.exists(driver, !(driver in ${pods}.csiDrivers)))`,
  probes: probesIn('variables.containers'),
  // No pod gets a probe later.
  newProbes: `
    variables.hasTooMany || variables.probes == ${probesIn(containersIn('variables.specBefore'))} ? [] : variables.probes`,
  gracePeriods: `
    variables.newProbes.filter(probe, has(probe.terminationGracePeriodSeconds)).map(probe, probe.terminationGracePeriodSeconds)
    + [${newValue('terminationGracePeriodSeconds', '0')}]`,
  longPeriods: `variables.gracePeriods.filter(seconds, seconds > ${pods}.maxTerminationGracePeriodSeconds)`
}

export const podSpecRules: Record<string, Rule> = {
  containers: {
    refuses: 'more containers and image volumes than the TenantClass allows, init and ephemeral containers included',
    expression: '!variables.hasTooMany',
    message: notEnabled('{string(variables.images.size())} containers and image volumes in a pod', 'pods.maxContainers', 'Use several pods')
  },
  images: {
    refuses: 'an image of a container or a volume from a registry that the TenantClass does not list',
    expression: 'variables.refusedImages.size() == 0',
    message: notAllowed('the image {variables.refusedImages[0]}', 'imageRegistries', 'Use an image of a listed registry')
  },
  'image-pull-policy': {
    refuses: 'an imagePullPolicy that the TenantClass does not list, of a container or an image volume',
    expression: 'variables.refusedPullPolicies.size() == 0',
    message: notAllowed('imagePullPolicy {variables.refusedPullPolicies[0]}', 'pods.imagePullPolicies', setField('imagePullPolicy'))
  },
  'node-name': {
    refuses: 'a pod that names its node; nodes create such pods for static pods',
    expression: `${pods}.allowNodeName || !${isNew('nodeName')} || ${isNode}`,
    message: notEnabled('spec.nodeName', 'pods.allowNodeName', 'Remove spec.nodeName of the pod')
  },
  tolerations: {
    refuses: 'a toleration that the TenantClass does not list; the API server, nodes and the DaemonSet controller add theirs',
    expression: 'variables.refusedTolerations.size() == 0',
    message: notAllowed(
      `the toleration {variables.refusedTolerations.map(item, ${printed})[0]}`, 'pods.tolerations', 'Remove it', 'item.key'
    )
  },
  'toleration-count': {
    refuses: `more than ${maxItems} tolerations`,
    expression: '!variables.hasTooManyTolerations',
    message: `a pod may have ${maxItems} tolerations. Remove some`
  },
  'node-selector': {
    refuses: 'a pod without the nodeSelector that the TenantClass requires',
    expression: 'variables.missingSelectors.size() == 0',
    message: 'TenantClass {params.spec.className} requires nodeSelector ' +
      `{variables.missingSelectors.map(key, key + ': ' + ${pods}.nodeSelector[key]).join(', ')}: spec.workloads.pods.nodeSelector. ` +
      'Add it to spec.nodeSelector of the pod, or change the TenantClass'
  },
  'runtime-class': {
    refuses: 'a RuntimeClass that the TenantClass does not list',
    expression: `variables.runtimeClass in ([''] + ${pods}.runtimeClasses)`,
    message: notAllowed('the RuntimeClass {variables.runtimeClass}', 'pods.runtimeClasses', 'Remove runtimeClassName')
  },
  scheduler: {
    refuses: 'a scheduler that the TenantClass does not list',
    expression: `variables.scheduler in ([''] + ${pods}.schedulers)`,
    message: notAllowed('the scheduler {variables.scheduler}', 'pods.schedulers', 'Remove schedulerName')
  },
  'inline-volumes': {
    refuses: 'a volume of a CSI driver, or of one of the drivers in Kubernetes, in the pod itself that the TenantClass does not list',
    expression: 'variables.refusedDrivers.size() == 0',
    message: notAllowed(
      'volumes of the CSI driver {variables.refusedDrivers[0][0]} without a claim', 'pods.csiDrivers', 'Use a volume claim'
    )
  },
  'grace-period': {
    refuses: 'a longer time to end than the TenantClass allows, of the pod or of a probe',
    expression: 'variables.longPeriods.size() == 0',
    message: notEnabled(
      'terminationGracePeriodSeconds {string(variables.longPeriods[0])}', 'pods.maxTerminationGracePeriodSeconds',
      'Set terminationGracePeriodSeconds to this or less'
    )
  }
}

/** The default of the cluster is no choice of the pod. */
export const priorityRule = (isChosen: string): Rule => ({
  refuses: 'a PriorityClass that the TenantClass does not list; the default of the cluster is allowed',
  expression: `!(${isNew('priorityClassName')}) || ${spec}.priorityClassName in params.spec.priorityClasses || !(${isChosen})`,
  message: notAllowed(`the PriorityClass {${spec}.priorityClassName}`, 'priorityClasses', 'Remove priorityClassName')
})
