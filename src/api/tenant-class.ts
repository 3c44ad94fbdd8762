import { Type, type Static } from '@sinclair/typebox'
import { apiVersion, group, labels, lastAppliedAnnotation, namespaceNameLabel, ownershipLabel, podSecurityPrefix } from './group.ts'
import { dnsName, keysAreQualifiedNames, subdomain, valuesAreLabelValues } from './validation/label-syntax.ts'
import { Network } from './network.ts'
import { keysAreNames, Quantity, QuotaAmounts } from './resource-amounts.ts'
import { RoleRule } from './role-rule.ts'
import { withValidations, type Validation } from './validation/cel-rule.ts'
import { Workloads } from './workloads.ts'

const minQuotas = 3

const PodSecurityLevel = (mode: string) => Type.Union([Type.Literal('privileged'), Type.Literal('baseline'), Type.Literal('restricted')], {
  default: 'restricted',
  description: `The Pod Security Standard to ${mode}: restricted, baseline or privileged.`
})

export const PodSecurity = Type.Object({
  enforce: PodSecurityLevel('enforce, by refusing pods'),
  audit: PodSecurityLevel('write to the audit log'),
  warn: PodSecurityLevel('warn people about'),
  version: Type.String({ default: 'latest', pattern: '^(latest|v1\\.(0|[1-9][0-9]{0,3}))$', description: 'Version of the standard: latest, or a minor version such as v1.34.' })
}, {
  default: { enforce: 'restricted', audit: 'restricted', warn: 'restricted', version: 'latest' },
  description: 'Pod Security Standards, enforced by the API server. Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/'
})
export type PodSecurity = Static<typeof PodSecurity>

const amounts = (description: string) => Type.Optional(Type.Record(Type.String(), Quantity, { minProperties: 1, maxProperties: 16, description }))

export const LimitItem = Type.Object({
  type: Type.Union([Type.Literal('Container'), Type.Literal('Pod'), Type.Literal('PersistentVolumeClaim')], { description: 'What the item is about.' }),
  min: amounts('The least that may be asked for.'),
  max: amounts('The most that may be asked for.'),
  default: amounts('The limit of a container that names none.'),
  defaultRequest: amounts('The request of a container that names none. As many pods fit into a quota as it allows requests of this size.'),
  maxLimitRequestRatio: amounts('How many times its request a limit may be.')
}, { description: 'One item of the LimitRange tenant-limits.' })
export type LimitItem = Static<typeof LimitItem>

/** Keys that decide about isolation or ownership; the platform alone sets them. */
const reservedKeys = [labels.managedBy, namespaceNameLabel, ownershipLabel, lastAppliedAnnotation] as const
const reservedPrefixes: readonly string[] = [`${group}/`, podSecurityPrefix, 'metacontroller.k8s.io/']

function isReservedKey (key: string): boolean {
  return reservedKeys.some(reserved => reserved === key) || reservedPrefixes.some(prefix => key.startsWith(prefix))
}

const noReservedKeys: Validation<Record<string, string>> = {
  rule: `self.all(key, !(key in [${reservedKeys.map(key => `'${key}'`).join(', ')}]) && ${reservedPrefixes.map(prefix => `!key.startsWith('${prefix}')`).join(' && ')})`,
  message: `${[...reservedKeys, ...reservedPrefixes.map(prefix => `${prefix}*`)].join(', ')} are set by the platform: remove them (pod security has its own field, podSecurity)`,
  holds: self => !Object.keys(self).some(isReservedKey)
}

const prefixOfKeys = new RegExp(`^${dnsName}/$`)

/** `team.example/`: all of what stands before the name in a key. */
const prefixSyntax: Validation<string> = {
  rule: `self.matches('^${dnsName}/$')`,
  message: 'a reserved prefix is a DNS name and a slash, for example team.example/',
  holds: self => prefixOfKeys.test(self)
}

/** Taking away what the platform or the API server sets would be a quarrel without an end. */
const platformPrefixes = [...reservedPrefixes, ...reservedKeys.filter(key => key.includes('/')).map(key => key.replace(/[^/]*$/, ''))]
const notOfThePlatform: Validation<string> = {
  rule: `!(self in [${platformPrefixes.map(prefix => `'${prefix}'`).join(', ')}])`,
  message: `${platformPrefixes.join(', ')} are of keys that the platform or Kubernetes sets: remove them`,
  holds: self => !platformPrefixes.includes(self)
}

export const NamespaceMetadata = Type.Object({
  labels: Type.Optional(withValidations(Type.Record(Type.String(), Type.String({ maxLength: 63 }), {
    minProperties: 1, maxProperties: 32, description: 'Labels for the namespace, for example for a service mesh or for cost reports.'
  }), [noReservedKeys, keysAreQualifiedNames, valuesAreLabelValues])),
  annotations: Type.Optional(withValidations(Type.Record(Type.String(), Type.String({ maxLength: 4096 }), {
    minProperties: 1, maxProperties: 32, description: 'Annotations for the namespace.'
  }), [noReservedKeys, keysAreQualifiedNames])),
  reservedPrefixes: Type.Optional(Type.Array(
    withValidations(Type.String({ maxLength: 254, description: 'A DNS name and a slash, for example team.example/.' }), [prefixSyntax, notOfThePlatform]),
    {
      maxItems: 16,
      description: 'Prefixes of keys that nobody but this class sets on the namespaces, for example istio.io/: labels and annotations with them are removed where the class does not list them.'
    }
  ))
}, { description: 'Labels and annotations of the namespaces. Those that other tools put there stay, unless their prefix is reserved.' })
export type NamespaceMetadata = Static<typeof NamespaceMetadata>

export const Bound = withValidations(
  Type.Object({
    min: Type.Optional(Type.Union(Quantity.anyOf, { ...Quantity, description: 'The least that a Tenant may ask for.' })),
    max: Type.Optional(Type.Union(Quantity.anyOf, { ...Quantity, description: 'The most that a Tenant may ask for.' }))
  }, { description: 'How far a Tenant may go.' }),
  [{
    rule: 'has(self.min) || has(self.max)',
    message: 'a bound needs min or max',
    holds: self => self.min !== undefined || self.max !== undefined
  }]
)
export type Bound = Static<typeof Bound>

const roleRules = (who: string) => Type.Object({
  rules: Type.Array(RoleRule, { minItems: 1, maxItems: 64, description: `What ${who} may do.` })
}, { description: `The Role of ${who}.` })

export const TenantClassSpec = Type.Object({
  quotas: QuotaAmounts(
    'The ResourceQuotas: name, then resource, then amount, for example {tenant-quota: {cpu: 500m, pods: "20"}}. ' +
    'At least three, so that compute, numbers of objects and storage are each bounded.',
    [{
      rule: `self.size() >= ${minQuotas}`,
      message: `a class needs at least ${minQuotas} quotas: one each for compute, numbers of objects, and storage`,
      holds: self => Object.keys(self).length >= minQuotas
    }]
  ),
  limits: Type.Array(LimitItem, { minItems: 1, maxItems: 16, description: 'The items of the LimitRange. Without default requests a bare pod is refused where a quota counts its requests.' }),
  roles: Type.Object({
    admin: roleRules('admins'),
    operator: roleRules('operators'),
    viewer: roleRules('viewers')
  }, { description: 'What the people of a tenant may do in its namespace. Reading the namespace itself is added to each.' }),
  podSecurity: PodSecurity,
  network: Network,
  workloads: Workloads,
  namespaceMetadata: Type.Optional(NamespaceMetadata),
  overrides: Type.Optional(Type.Object({
    quotas: Type.Optional(withValidations(
      Type.Record(Type.String(), Type.Record(Type.String(), Bound, { minProperties: 1, maxProperties: 64 }), {
        maxProperties: 16,
        description: 'Quota, then resource, then bounds: {tenant-quota: {pods: {max: "50"}}}.'
      }),
      [keysAreNames]
    ))
  }, { description: 'What a Tenant may override, and how far. What is not listed may not be overridden.' }))
}, { description: 'What the tenants of this class get.' })
export type TenantClassSpec = Static<typeof TenantClassSpec>

export const TenantClass = withValidations(
  Type.Object({
    apiVersion: Type.Literal(apiVersion),
    kind: Type.Literal('TenantClass'),
    metadata: Type.Object({ name: Type.String({ maxLength: 253, pattern: subdomain.source }) }),
    spec: TenantClassSpec
  }, { description: 'A TenantClass is what the platform team decides for all tenants that name it: quotas, limits, roles, pod security, network and what workloads may use. A change reaches its tenants at once.' }),
  [{
    rule: 'self.metadata.name.size() <= 63',
    message: 'the name of a class becomes the value of a label and cannot pass 63 characters',
    holds: self => self.metadata.name.length <= 63
  }]
)
export type TenantClass = Static<typeof TenantClass>
