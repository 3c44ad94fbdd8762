import { Type, type Static } from '@sinclair/typebox'
import { apiVersion, group } from './group.ts'
import { LimitItem } from './limits.ts'
import { OneOf } from './one-of.ts'
import { dnsName, keysAreQualifiedNames, subdomain, valuesAreLabelValues } from './validation/label-syntax.ts'
import { maxProfileRules } from './network-profiles.ts'
import { maxTrafficRules, Network } from './network.ts'
import { Overrides } from './override-bounds.ts'
import { maxTolerations } from './pods.ts'
import { noReservedKeys, notOfThePlatform, prefixSyntax } from './reserved-keys.ts'
import { QuotaAmounts } from './resource-amounts.ts'
import { keysAreAdditionalRoles, maxAdditionalRoles } from './role-names.ts'
import { RoleRule, ShortRoleRule } from './role-rule.ts'
import { SelfService } from './self-service.ts'
import { Author } from './subject.ts'
import { withValidations, type Validation } from './validation/cel-rule.ts'
import { Workloads } from './workloads.ts'

const minQuotas = 3

const PodSecurityLevel = (mode: string) => OneOf(['privileged', 'baseline', 'restricted'], {
  default: 'restricted',
  description: `The Pod Security Standard to ${mode}: restricted, baseline or privileged.`
})

export const PodSecurity = Type.Object({
  enforce: PodSecurityLevel('enforce, by refusing pods'),
  audit: PodSecurityLevel('write to the audit log'),
  warn: PodSecurityLevel('warn clients about'),
  version: Type.String({
    default: 'latest',
    pattern: '^(latest|v1\\.(0|[1-9][0-9]{0,3}))$',
    description: 'Version of the standard: latest, or a minor version such as v1.36.'
  })
}, {
  default: { enforce: 'restricted', audit: 'restricted', warn: 'restricted', version: 'latest' },
  description: 'Pod Security Standards, enforced by the API server. Source: ' +
    'https://kubernetes.io/docs/concepts/security/pod-security-standards/'
})
export type PodSecurity = Static<typeof PodSecurity>

const finalizerSyntax = new RegExp(`^${dnsName}/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)
const ownFinalizers = [`${group}/`, 'metacontroller.io/']

/** Without a prefix there are kubernetes, orphan and foregroundDeletion, which decide on the deletion itself. */
const isOfAnotherTool: Validation<string> = {
  rule: `self.matches('${finalizerSyntax.source.replaceAll('\\/', '/')}') && self.indexOf('/') <= 253 && ` +
    ownFinalizers.map(prefix => `!self.startsWith('${prefix}')`).join(' && '),
  message: 'a finalizer is a DNS name, a slash and a name, such as example.com/cleanup, and not one of k8s-mtp, Metacontroller or ' +
    'Kubernetes. Name the finalizer of the other tool',
  isValid: self => finalizerSyntax.test(self) && self.indexOf('/') <= 253 && !ownFinalizers.some(prefix => self.startsWith(prefix))
}

export const NamespaceMetadata = Type.Object({
  labels: Type.Optional(withValidations(Type.Record(Type.String(), Type.String({ maxLength: 63 }), {
    minProperties: 1, maxProperties: 32, description: 'Labels of the namespace, such as for a service mesh or cost reports.'
  }), [noReservedKeys, keysAreQualifiedNames, valuesAreLabelValues])),
  annotations: Type.Optional(withValidations(Type.Record(Type.String(), Type.String({ maxLength: 4096 }), {
    minProperties: 1, maxProperties: 32, description: 'Annotations of the namespace.'
  }), [noReservedKeys, keysAreQualifiedNames])),
  reservedPrefixes: Type.Optional(Type.Array(
    withValidations(Type.String({
      maxLength: 254,
      description: 'A DNS name and a slash, such as team.example/.'
    }), [prefixSyntax, notOfThePlatform]),
    {
      maxItems: 16,
      description: 'Prefixes of keys that only this class sets on its namespaces, such as istio.io/. Other labels and annotations ' +
        'with such a prefix are removed.'
    }
  )),
  finalizers: Type.Optional(Type.Array(
    withValidations(Type.String({ maxLength: 317, description: 'A finalizer, such as example.com/cleanup.' }), [isOfAnotherTool]),
    {
      minItems: 1,
      maxItems: 8,
      description: 'The finalizers that other tools may add to the namespace, such as controller.cattle.io/namespace-auth of Rancher. ' +
        'None by default. After its Tenant, the namespace stays until the tool removes its finalizer.'
    }
  ))
}, { description: 'Labels, annotations and finalizers of the namespaces. Those of other tools stay, unless their prefix is reserved.' })
export type NamespaceMetadata = Static<typeof NamespaceMetadata>

const roleRules = (who: string, rule = RoleRule, maxItems = 64) => Type.Object({
  rules: Type.Array(rule, { minItems: 1, maxItems, description: `The permissions of ${who}.` })
}, { description: `The Role of ${who}.` })

/** Besides DNS. */
const maxOwnTrafficRules = maxTrafficRules - 1

interface Traffic { network: Network, selfService: SelfService }
const fewTrafficRules = (direction: 'ingress' | 'egress'): Validation<Traffic> => {
  const withProfiles = maxOwnTrafficRules - maxProfileRules[direction]
  return {
    rule: '!has(self.selfService.networkPolicies) || !has(self.network.policies) || ' +
      `self.network.policies.map(policy, has(policy.${direction}) ? policy.${direction}.size() : 0).sum() ` +
      `<= (has(self.network.profiles) ? ${withProfiles} : ${maxOwnTrafficRules})`,
    message: `with selfService.networkPolicies, the policies of network may have ${maxOwnTrafficRules} ${direction} rules together, ` +
      `${withProfiles} beside profiles. Write rules with the same ports as one with several peers`,
    isValid: ({ network: { policies = [], profiles }, selfService }) => selfService.networkPolicies === undefined ||
      policies.flatMap(policy => policy[direction] ?? []).length <= (profiles === undefined ? maxOwnTrafficRules : withProfiles)
  }
}

const hostNamesAreListed: Validation<{ workloads: Workloads, overrides?: Overrides }> = {
  rule: 'has(self.workloads.hostNames) || !has(self.overrides) || !has(self.overrides.workloads) || ' +
    '!has(self.overrides.workloads.hostNames)',
  message: 'without workloads.hostNames, any host name is allowed. Add the list, which may be empty, or remove ' +
    'overrides.workloads.hostNames',
  isValid: ({ workloads, overrides }) => overrides?.workloads?.hostNames === undefined || workloads.hostNames !== undefined
}

const fewTolerations: Validation<{ workloads: Workloads, overrides?: Overrides }> = {
  rule: '!has(self.overrides) || !has(self.overrides.nodePools) || self.overrides.nodePools.all(pool, ' +
    '!has(self.overrides.nodePools[pool].tolerations) || ' +
    `self.overrides.nodePools[pool].tolerations.size() + self.workloads.pods.tolerations.size() <= ${maxTolerations})`,
  message: `with those of workloads.pods, a node pool may have ${maxTolerations} tolerations. Remove some`,
  isValid: ({ workloads: { pods }, overrides }) => Object.values(overrides?.nodePools ?? {})
    .every(({ tolerations = [] }) => tolerations.length === 0 || tolerations.length + pods.tolerations.length <= maxTolerations)
}

export const TenantClassSpec = withValidations(Type.Object({
  quotas: QuotaAmounts(
    'The ResourceQuotas: name, then resource, then amount, for example {tenant-quota: {cpu: 500m, pods: "20"}}. ' +
    'At least three, so that compute, object counts and storage are bounded.',
    [{
      rule: `self.size() >= ${minQuotas}`,
      message: `a class needs at least ${minQuotas} quotas. Add one each for compute, object counts and storage`,
      isValid: self => Object.keys(self).length >= minQuotas
    }]
  ),
  limits: Type.Array(LimitItem, {
    minItems: 1,
    maxItems: 16,
    description: 'The items of the LimitRange. Without default requests, a quota on requests refuses pods that set none.'
  }),
  roles: Type.Object({ admin: roleRules('admins'), operator: roleRules('operators'), viewer: roleRules('viewers') }, {
    description: 'The permissions of the members of a tenant in its namespace. Each role also gets permission to read the namespace itself.'
  }),
  additionalRoles: Type.Optional(withValidations(Type.Record(Type.String(), roleRules('its subjects', ShortRoleRule, 32), {
    minProperties: 1,
    maxProperties: maxAdditionalRoles,
    description: 'Further roles by name, for example release-manager. Every Tenant has the Role tenant-<name>, and binds subjects to ' +
      'it under roles. A Tenant that still binds a role after its removal is on hold.'
  }), keysAreAdditionalRoles)),
  podSecurity: PodSecurity,
  network: Network,
  workloads: Workloads,
  selfService: SelfService,
  allowedAuthors: Type.Optional(Type.Array(Author, {
    minItems: 1,
    maxItems: 32,
    description: 'Who may write any NetworkPolicies, Roles, RoleBindings and LimitRanges beside those of k8s-mtp, as far as RBAC allows ' +
      "it. They add to a Tenant's traffic, access and limits. To all others, cluster administrators, controllers and members of the " +
      'Tenant too, only what selfService allows is left. ' +
      'The group system:authenticated leaves the decision to RBAC.'
  })),
  namespaceMetadata: Type.Optional(NamespaceMetadata),
  overrides: Type.Optional(Overrides)
}, { description: 'The configuration of all tenants of this class.' }), [
  fewTrafficRules('ingress'), fewTrafficRules('egress'), hostNamesAreListed, fewTolerations
])
export type TenantClassSpec = Static<typeof TenantClassSpec>

export const TenantClass = withValidations(
  Type.Object({
    apiVersion: Type.Literal(apiVersion),
    kind: Type.Literal('TenantClass'),
    metadata: Type.Object({ name: Type.String({ maxLength: 253, pattern: subdomain.source }) }),
    spec: TenantClassSpec
  }, {
    description: 'A TenantClass is the configuration by the platform team for all tenants that name it: quotas, limits, roles, pod ' +
    'security, network and workload rules. A change reaches its tenants at once.'
  }),
  [{
    rule: 'self.metadata.name.size() <= 63',
    message: 'the name of a class becomes a label value. Shorten it to 63 characters',
    isValid: self => self.metadata.name.length <= 63
  }]
)
export type TenantClass = Static<typeof TenantClass>
