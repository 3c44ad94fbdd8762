import { maxItems } from '../cel.ts'
import type { Guardrail } from '../guardrail.ts'
import { allowsAny, notAllowed } from './allowed.ts'
import { imagesIn, isFromRegistry, originsOf } from './images.ts'

const list = 'params.spec.priorityClasses'

/** Checked on the pods of all creators: a pod of a Deployment is refused to its controller. */
export const pods: Guardrail = {
  name: 'k8s-mtp-workloads-pods',
  purpose: 'Pods have only images and priorities that the TenantClass allows, and none are created while the Tenant is cordoned.',
  resources: [
    { group: '', resources: ['pods'], operations: ['CREATE', 'UPDATE'] },
    { group: '', resources: ['pods/ephemeralcontainers'], operations: ['UPDATE'] }
  ],
  variables: {
    images: imagesIn('object'),
    imagesBefore: `oldObject != null ? ${imagesIn('oldObject')} : []`,
    // Without comparing many images, all have to be allowed.
    knownImages: `variables.imagesBefore.size() > ${maxItems} ? [] : variables.imagesBefore`,
    hasTooMany: `variables.images.size() > ${maxItems} && variables.images != variables.imagesBefore`,
    newImages: `
      variables.hasTooMany || variables.images == variables.imagesBefore
      ? [] : variables.images.filter(image, !(image in variables.knownImages))`,
    origins: originsOf('variables.newImages'),
    refusedImages: `variables.origins.filter(origin, !${isFromRegistry('origin', 'params.spec.imageRegistries')})`,
    priority: "oldObject == null && has(object.spec.priorityClassName) ? object.spec.priorityClassName : ''"
  },
  rules: {
    cordoned: {
      refuses: 'new pods while the Tenant is cordoned',
      expression: "request.operation != 'CREATE' || !params.spec.cordoned",
      message: 'Tenant {params.spec.tenantName} is cordoned: no new pods are admitted. ' +
        'To admit pods, set spec.cordoned of the Tenant to false'
    },
    containers: {
      refuses: `more than ${maxItems} containers and image volumes, init and ephemeral containers included`,
      expression: '!variables.hasTooMany',
      message: `a pod may have ${maxItems} containers and image volumes. Use several pods`
    },
    images: {
      refuses: 'an image of a container or a volume from a registry that the TenantClass does not list',
      expression: 'variables.refusedImages.size() == 0',
      message: notAllowed('the image {variables.refusedImages[0]}', 'imageRegistries')
    },
    'system-priority': {
      refuses: 'a PriorityClass with the prefix system- that the TenantClass does not list by name',
      expression: `!(${allowsAny(list)}) || !variables.priority.startsWith('system-')`,
      message: 'TenantClass {params.spec.className} does not allow the PriorityClass {variables.priority}: ' +
        "'*' does not cover the prefix system-. List the name in spec.workloads.priorityClasses"
    },
    priority: {
      refuses: 'a PriorityClass that the TenantClass does not list',
      expression: `variables.priority == '' || ${allowsAny(list)} || variables.priority in ${list}`,
      message: notAllowed('the PriorityClass {variables.priority}', 'priorityClasses')
    }
  }
}
