import { fieldOf, quoted } from '../cel.ts'
import type { Guardrail } from '../guardrail.ts'
import { allowsAny, isListed, notAllowed } from './allowed.ts'

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
  purpose: 'Ingresses name only IngressClasses that the TenantClass allows.',
  resources: [{ group: 'networking.k8s.io', resources: ['ingresses'], operations: ['CREATE', 'UPDATE'] }],
  variables: classNames(ingressClassesIn, ingressClasses),
  rules: {
    class: {
      refuses: 'an IngressClass that the TenantClass does not list, in the field or in the deprecated annotation',
      expression: 'variables.refused.size() == 0',
      message: notAllowed('the IngressClass {variables.refused[0]}', 'ingressClasses')
    },
    'no-class': {
      refuses: 'an Ingress without an IngressClass if the TenantClass lists some: any controller could serve it',
      expression: `
        ${allowsAny(ingressClasses)} || variables.classes.size() > 0 || (oldObject != null && variables.classesBefore.size() == 0)`,
      message: notAllowed('an Ingress without spec.ingressClassName', 'ingressClasses')
    }
  }
}

const storageClasses = 'params.spec.storageClasses'

/** A claim without a class may get one in an update, also by the volume controller. */
export const volumeClaims: Guardrail = {
  name: 'k8s-mtp-workloads-volume-claims',
  purpose: 'PersistentVolumeClaims name only StorageClasses that the TenantClass allows.',
  resources: [{ group: '', resources: ['persistentvolumeclaims'], operations: ['CREATE', 'UPDATE'] }],
  variables: classNames(storageClassesIn, storageClasses),
  rules: {
    class: {
      refuses: 'a StorageClass that the TenantClass does not list, in the field or in the deprecated annotation; ' +
        'also volumes without a class ("")',
      expression: 'variables.refused.size() == 0',
      message: notAllowed(
        "{(variables.refused[0] == '' ? 'volumes without a StorageClass' : 'the StorageClass ' + variables.refused[0])}", 'storageClasses'
      )
    },
    'no-class': {
      refuses: 'a new claim without a StorageClass if the TenantClass lists some and the cluster has no default',
      expression: `${allowsAny(storageClasses)} || variables.classes.size() > 0 || oldObject != null`,
      message: notAllowed('a volume claim without spec.storageClassName', 'storageClasses')
    }
  }
}
