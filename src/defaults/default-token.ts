import { exceptBreakGlass } from '../guardrails/conditions.ts'
import type { Parties } from '../guardrails/guardrail.ts'
import type { DefaultsPolicy } from './defaults-policy.ts'

/** Pods that name no ServiceAccount rarely call the API server. A workload that does gets a ServiceAccount of its own. */
export const defaultToken = (parties: Parties): DefaultsPolicy => ({
  name: 'k8s-mtp-default-token',
  purpose: 'Pods without a ServiceAccount of their own get no token: the ServiceAccount default mounts none.',
  resources: [{ group: '', resources: ['serviceaccounts'], operations: ['CREATE'] }],
  conditions: {
    'is-default': { expression: "object.metadata.name == 'default'", appliesTo: 'the ServiceAccount default' },
    ...exceptBreakGlass(parties)
  },
  patches: {
    token: {
      fillsIn: 'automountServiceAccountToken: false',
      when: '!has(object.automountServiceAccountToken)',
      operations: "[JSONPatch{op: 'add', path: '/automountServiceAccountToken', value: false}]"
    }
  }
})
