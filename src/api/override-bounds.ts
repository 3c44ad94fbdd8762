import { Type, type Static } from '@sinclair/typebox'
import { Bound } from './bound.ts'
import { HostName } from './host-name.ts'
import { LimitOverrideBounds } from './limits.ts'
import { TenantTraffic } from './network.ts'
import { NodePool } from './pods.ts'
import { notOfTools, prefixSyntax } from './reserved-keys.ts'
import { keysAreNames } from './resource-amounts.ts'
import { withValidations } from './validation/cel-rule.ts'

const KeyPrefixes = (of: 'labels' | 'annotations') => Type.Optional(Type.Object({
  prefixes: Type.Array(
    withValidations(Type.String({ maxLength: 254, description: 'A DNS name and a slash, such as cost-center.example/.' }), [
      prefixSyntax, notOfTools
    ]),
    { minItems: 1, maxItems: 16, description: 'The prefixes of the keys, in full: example.com/ does not allow team.example.com/.' }
  )
}, { description: `The ${of} that a Tenant may set on its namespace, besides those of namespaceMetadata.` }))

/** What a Tenant may change of its class. Each field has the name of the field in the Tenant. */
export const Overrides = Type.Object({
  quotas: Type.Optional(withValidations(
    Type.Record(Type.String(), Type.Record(Type.String(), Bound, { minProperties: 1, maxProperties: 64 }), {
      maxProperties: 16,
      description: 'Quota, then resource, then bounds: {tenant-quota: {pods: {max: "50"}}}.'
    }),
    [keysAreNames]
  )),
  limits: Type.Optional(LimitOverrideBounds),
  labels: KeyPrefixes('labels'),
  annotations: KeyPrefixes('annotations'),
  network: Type.Optional(Type.Object({
    allow: Type.Optional(TenantTraffic('The traffic that a Tenant may allow. Each of its peers has to be within a peer of a rule here, ' +
      'in the same direction and on its ports.')),
    peers: Type.Optional(Type.Boolean({
      description: 'Whether a Tenant may name other Tenants in network.peers. Traffic flows only where both name each other.'
    }))
  }, { description: 'What a Tenant may add to the network of the class.' })),
  workloads: Type.Optional(Type.Object({
    hostNames: Type.Optional(Type.Array(HostName, {
      minItems: 1,
      maxItems: 16,
      description: 'The host names that a Tenant may add to workloads.hostNames, or patterns of them: *.example.com allows all names and ' +
        'patterns below example.com, and *.{tenant}.example.com those of the Tenant alone.'
    }))
  }, { description: 'What a Tenant may add to workloads of the class.' })),
  nodePools: Type.Optional(withValidations(Type.Record(Type.String(), NodePool, {
    minProperties: 1,
    maxProperties: 16,
    description: 'The node pools that a Tenant may choose by nodePool, by name: {gpu: {nodeSelector: {example.com/pool: gpu}}}.'
  }), [keysAreNames]))
}, { description: 'The overrides that a Tenant may set, with their bounds. Other fields cannot be overridden.' })
export type Overrides = Static<typeof Overrides>
