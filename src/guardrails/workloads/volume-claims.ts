import { labels } from '../../api/group.ts'
import { any } from '../../api/workload-policy.ts'
import { isMemberOf, quoted } from '../cel.ts'
import type { Guardrail, Parties } from '../guardrail.ts'
import { namedClasses } from './named-classes.ts'
import { notAllowed, workloadParameter } from './parameter.ts'

const list = 'params.spec.storageClasses'

/** A claim that was made without a class may be given one later, by hand or by the volume controller: that update is judged too. */
export function volumeClaims ({ breakGlass }: Parties): Guardrail {
  return {
    name: 'k8s-mtp-workloads-volume-claims',
    purpose: 'Volume claims name the StorageClasses that the TenantClass allows.',
    resources: [{ group: '', resources: ['persistentvolumeclaims'], operations: ['CREATE', 'UPDATE'] }],
    inNamespacesWith: labels.tenant,
    conditions: { 'is-no-emergency': `!${isMemberOf(breakGlass)}` },
    variables: namedClasses({ field: 'storageClassName', annotation: 'volume.beta.kubernetes.io/storage-class', list }),
    rules: [
      {
        id: 'class',
        refuses: 'a StorageClass that the class does not list, in the field or in the old annotation; also volumes without a class ("")',
        holds: 'variables.refused.size() == 0',
        message: notAllowed("(variables.refused[0] == '' ? 'volumes without a StorageClass' : 'the StorageClass ' + variables.refused[0])", 'storageClasses')
      },
      {
        id: 'no-class',
        refuses: 'a new claim without a StorageClass where the class lists some and the cluster has no default',
        holds: `${quoted(any)} in ${list} || variables.classes.size() > 0 || oldObject != null`,
        message: notAllowed("'a volume claim without spec.storageClassName'", 'storageClasses')
      }
    ],
    parameter: workloadParameter
  }
}
