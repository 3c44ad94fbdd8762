import { volumeBinder } from '../actors.ts'
import { fieldOf, isExemptController, quoted } from '../cel.ts'
import type { Guardrail } from '../guardrail.ts'
import { write } from '../resource-rules.ts'
import { allowsAny, isListed, notAllowed, notEnabled, setField } from './allowed.ts'
import { ingressHosts } from './host-names.ts'

/**
 * Builds the list of classes that an object names. It does so in a field of its spec, or in the annotation that preceded the
 * field; controllers still read both.
 */
const classesIn = (field: string, annotation: string) => (object: string): string => {
  const key = quoted(annotation)
  return `
    ((${object} != null && has(${object}.spec.${field}) ? [${object}.spec.${field}] : [])
    + (${key} in ${fieldOf(object, 'metadata.annotations', '{}')} ? [${object}.metadata.annotations[${key}]] : []))`
}

export const ingressClassesIn = classesIn('ingressClassName', 'kubernetes.io/ingress.class')
export const storageClassesIn = classesIn('storageClassName', 'volume.beta.kubernetes.io/storage-class')

/** Builds variables for the classes that an object names now and before, and those to refuse. */
function classNames (classesIn: (object: string) => string, list: string): Record<string, string> {
  return {
    classes: classesIn('object'),
    classesBefore: classesIn('oldObject'),
    refused: `variables.classes.filter(name, !${isListed('name', list)} && !(name in variables.classesBefore))`
  }
}

const ingressClasses = 'params.spec.ingressClasses'

export const ingresses: Guardrail = {
  name: 'k8s-mtp-workloads-ingresses',
  purpose: 'Ingresses have only host names and IngressClasses that the TenantClass allows.',
  resources: [
    { group: 'networking.k8s.io', resources: ['ingresses'], operations: write },
    // It can set the annotation.
    { group: 'networking.k8s.io', resources: ['ingresses/status'], operations: ['UPDATE'] }
  ],
  variables: { ...classNames(ingressClassesIn, ingressClasses), ...ingressHosts.variables },
  rules: {
    ...ingressHosts.rules,
    class: {
      refuses: 'an IngressClass that the TenantClass does not list, in the field or in the deprecated annotation',
      expression: 'variables.refused.size() == 0',
      message: notAllowed('the IngressClass {variables.refused[0]}', 'ingressClasses', setField('spec.ingressClassName'))
    },
    'no-class': {
      refuses: 'an Ingress without an IngressClass if the TenantClass lists some: any controller could serve it',
      expression: `
        ${allowsAny(ingressClasses)} || variables.classes.size() > 0 || (oldObject != null && variables.classesBefore.size() == 0)`,
      message: notAllowed('an Ingress without spec.ingressClassName', 'ingressClasses', setField('spec.ingressClassName'))
    }
  }
}

const storageClasses = 'params.spec.storageClasses'

/** A claim without a class may get one in an update, also by the volume controller. */
export const volumeClaims: Guardrail = {
  name: 'k8s-mtp-workloads-volume-claims',
  purpose: 'PersistentVolumeClaims name only StorageClasses, VolumeAttributesClasses and volumes that the TenantClass allows.',
  resources: [{ group: '', resources: ['persistentvolumeclaims'], operations: write }],
  variables: {
    ...classNames(storageClassesIn, storageClasses),
    attributesClass: fieldOf('object', 'spec.volumeAttributesClassName', "''"),
    attributesClassBefore: fieldOf('oldObject', 'spec.volumeAttributesClassName', "''"),
    // The only ways to get one that exists: nothing is provisioned for such a claim.
    selection: `
      has(object.spec.selector) ? 'spec.selector'
      : ${allowsAny(storageClasses)} && '' in variables.classes ? 'the empty storageClassName' : ''`,
    volumeName: fieldOf('object', 'spec.volumeName', "''"),
    volumeNameBefore: fieldOf('oldObject', 'spec.volumeName', "''")
  },
  rules: {
    class: {
      refuses: 'a StorageClass that the TenantClass does not list, in the field or in the deprecated annotation; ' +
        'also volumes without a class ("")',
      expression: 'variables.refused.size() == 0',
      message: notAllowed(
        "{(variables.refused[0] == '' ? 'volumes without a StorageClass' : 'the StorageClass ' + variables.refused[0])}", 'storageClasses',
        setField('spec.storageClassName')
      )
    },
    'no-class': {
      refuses: 'a new claim without a StorageClass if the TenantClass lists some and the cluster has no default',
      expression: `${allowsAny(storageClasses)} || variables.classes.size() > 0 || oldObject != null`,
      message: notAllowed('a volume claim without spec.storageClassName', 'storageClasses', setField('spec.storageClassName'))
    },
    'attributes-class': {
      refuses: 'a VolumeAttributesClass that the TenantClass does not list',
      expression: `
        variables.attributesClass == '' || variables.attributesClass == variables.attributesClassBefore
        || variables.attributesClass in params.spec.volumeAttributesClasses`,
      message: notAllowed(
        'the VolumeAttributesClass {variables.attributesClass}', 'volumeAttributesClasses', setField('spec.volumeAttributesClassName')
      )
    },
    'volume-name': {
      refuses: 'a claim that names its volume; the volume controller of Kubernetes may',
      expression: `
        variables.volumeName == '' || variables.volumeName == variables.volumeNameBefore || params.spec.allowVolumeNames
        || ${isExemptController(volumeBinder)}`,
      message: notEnabled('spec.volumeName', 'allowVolumeNames', 'Remove it, and Kubernetes binds a volume of the StorageClass')
    },
    'existing-volume': {
      refuses: 'a new claim that selects among the volumes that exist, by labels or by the empty StorageClass',
      expression: "oldObject != null || variables.selection == '' || params.spec.allowVolumeNames",
      message: notEnabled('{variables.selection}', 'allowVolumeNames', 'Remove it, and Kubernetes provisions a volume of the StorageClass')
    }
  }
}

/** The DeviceClasses that the requests of a claim, or of a template for claims, name. */
const deviceClassesIn = (object: string) => {
  // The API server shows no requests as null.
  const field = `(has(${object}.spec.spec) ? ${object}.spec.spec : ${object}.spec).?devices.?requests`
  const requests = `(${field}.orValue(null) == null ? [] : ${field}.value())`
  return `
    (${requests}.filter(each, has(each.exactly)).map(each, [each.exactly.deviceClassName])
    + ${requests}.filter(each, has(each.firstAvailable)).map(each, each.firstAvailable.map(one, one.deviceClassName)))`
}

export const deviceClaims: Guardrail = {
  name: 'k8s-mtp-workloads-device-claims',
  purpose: 'Claims of devices name only DeviceClasses that the TenantClass allows.',
  resources: [{ group: 'resource.k8s.io', version: 'v1', resources: ['resourceclaims', 'resourceclaimtemplates'], operations: write }],
  variables: {
    classes: deviceClassesIn('variables.now'),
    refused: `
      variables.before != null && variables.classes == ${deviceClassesIn('variables.before')} ? [] : variables.classes
        .map(names, names.filter(name, !(name in params.spec.deviceClasses))).filter(names, names.size() > 0)`
  },
  rules: {
    class: {
      refuses: 'a DeviceClass that the TenantClass does not list',
      expression: 'variables.refused.size() == 0',
      message: notAllowed('the DeviceClass {variables.refused[0][0]}', 'deviceClasses', setField('deviceClassName of the request'))
    }
  }
}
