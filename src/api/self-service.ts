import { Type, type Static } from '@sinclair/typebox'
import { OneOf } from './one-of.ts'

/** Kinds that members may write within bounds, beside the objects of the Tenant. RBAC still decides who may. */
export const SelfService = Type.Object({
  permissions: Type.Boolean({
    default: false,
    description: 'Whether members with the permission may write Roles and RoleBindings. RoleBindings name only ServiceAccounts and Roles ' +
      'of the same namespace, so that access of people still ends with the Tenant. RBAC lets members grant only what they have.'
  }),
  networkPolicies: Type.Optional(Type.Object({
    ruleWithoutPeers: OneOf(['Refuse', 'Narrow'], {
      default: 'Refuse',
      description: 'A rule without from or to allows all networks. Refuse: it is refused. Narrow: it gets the pods of the namespace as ' +
        'peers, on Kubernetes 1.36 and later.'
    })
  }, {
    description: 'Whether members with the permission may write NetworkPolicies. Their peers are pods of the Tenant, or those that ' +
      'network lists, on the same ports.'
  }))
}, {
  default: { permissions: false },
  description: 'What members may write beside the objects of the Tenant, as far as their role grants it. The API server enforces the ' +
    'bounds. Authors in allowedAuthors are exempt.'
})
export type SelfService = Static<typeof SelfService>

/** Lists the fields that are on. */
export function enabledIn ({ permissions, networkPolicies }: SelfService): Array<keyof SelfService> {
  return [...(permissions ? ['permissions' as const] : []), ...(networkPolicies === undefined ? [] : ['networkPolicies' as const])]
}
