import { labels } from '../../api/group.ts'
import { any } from '../../api/workload-policy.ts'
import { isMemberOf, quoted } from '../cel.ts'
import type { Guardrail, Parties } from '../guardrail.ts'
import { imagesIn, isFromRegistry, originsOf } from './images.ts'
import { notAllowed, workloadParameter } from './parameter.ts'

const anyPriority = `${quoted(any)} in params.spec.priorityClasses`

/** Judged on pods, whoever makes them: what a Deployment asks for is refused to its controller. */
export function pods ({ breakGlass }: Parties): Guardrail {
  return {
    name: 'k8s-mtp-workloads-pods',
    purpose: 'Pods have the images and the priorities that the TenantClass allows, and none are created while the Tenant is cordoned.',
    resources: [
      { group: '', resources: ['pods'], operations: ['CREATE', 'UPDATE'] },
      { group: '', resources: ['pods/ephemeralcontainers'], operations: ['UPDATE'] }
    ],
    inNamespacesWith: labels.tenant,
    conditions: { 'is-no-emergency': `!${isMemberOf(breakGlass)}` },
    variables: {
      imagesBefore: `oldObject != null ? ${imagesIn('oldObject')} : []`,
      origins: originsOf(`${imagesIn('object')}.filter(image, !(image in variables.imagesBefore))`),
      refusedImages: `variables.origins.filter(origin, !${isFromRegistry('origin', 'params.spec.imageRegistries')})`,
      priority: "oldObject == null && has(object.spec.priorityClassName) ? object.spec.priorityClassName : ''"
    },
    rules: [
      {
        id: 'cordoned',
        refuses: 'new pods while the Tenant is cordoned',
        holds: "request.operation != 'CREATE' || !params.spec.cordoned",
        message: { cel: "'Tenant ' + params.spec.tenantName + ' is cordoned: no new pods are admitted, and what runs goes on. To admit pods again set spec.cordoned of the Tenant to false'" }
      },
      {
        id: 'images',
        refuses: 'an image, of a container or of a volume, from a registry that the class does not list',
        holds: 'variables.refusedImages.size() == 0',
        message: notAllowed("'the image ' + variables.refusedImages[0]", 'imageRegistries')
      },
      {
        id: 'system-priority',
        refuses: 'a PriorityClass that begins with system- where the class does not list it',
        holds: `!(${anyPriority}) || !variables.priority.startsWith('system-')`,
        message: { cel: "'TenantClass ' + params.spec.className + ' does not allow the PriorityClass ' + variables.priority + ': those that begin with system- have to be listed in spec.workloads.priorityClasses'" }
      },
      {
        id: 'priority',
        refuses: 'a PriorityClass that the class does not list',
        holds: `variables.priority == '' || ${anyPriority} || variables.priority in params.spec.priorityClasses`,
        message: notAllowed("'the PriorityClass ' + variables.priority", 'priorityClasses')
      }
    ],
    parameter: workloadParameter
  }
}
