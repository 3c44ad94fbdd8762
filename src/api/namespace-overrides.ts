import { Type, type Static } from '@sinclair/typebox'
import { HostName } from './host-name.ts'
import { LimitOverrides } from './limits.ts'
import { TenantTraffic } from './network.ts'
import { noTrackingKeys } from './reserved-keys.ts'
import { QuotaAmounts } from './resource-amounts.ts'
import { withValidations } from './validation/cel-rule.ts'
import { dnsLabel, keysAreQualifiedNames, valuesAreLabelValues } from './validation/label-syntax.ts'

/** A few, and short: dynamic-apply stores all annotations in another one, and the API server takes 256 KiB. */
const maxKeys = 16
const maxAnnotationLength = 1024

/** The fields by which a namespace differs from its class, as far as spec.overrides of the class allows. */
export const namespaceOverrides = {
  quotas: Type.Optional(QuotaAmounts(
    'Overrides of the quotas of the class: name of the quota, then of the resource, then the amount, for example ' +
    '{tenant-quota: {pods: "30"}}. The class lists the allowed overrides and their bounds under overrides.quotas.'
  )),
  limits: Type.Optional(LimitOverrides),
  labels: Type.Optional(withValidations(Type.Record(Type.String(), Type.String({ maxLength: 63 }), {
    maxProperties: maxKeys,
    description: 'Labels of the namespace, such as {cost-center.example/unit: "4711"}. The class lists the allowed prefixes under ' +
      'overrides.labels. A label that is removed here is removed from the namespace.'
  }), [noTrackingKeys, keysAreQualifiedNames, valuesAreLabelValues])),
  annotations: Type.Optional(withValidations(Type.Record(Type.String(), Type.String({ maxLength: maxAnnotationLength }), {
    maxProperties: maxKeys,
    description: 'Annotations of the namespace. The class lists the allowed prefixes under overrides.annotations. An annotation that is ' +
      'removed here is removed from the namespace.'
  }), [noTrackingKeys, keysAreQualifiedNames])),
  network: Type.Optional(Type.Object({
    allow: Type.Optional(TenantTraffic('Traffic that is allowed in addition to that of the class, for all pods. The class lists the ' +
      'allowed peers and ports under overrides.network.allow.')),
    peers: Type.Optional(Type.Array(Type.Object({
      tenant: Type.String({ minLength: 1, maxLength: 63, pattern: dnsLabel.source, description: 'Name of the other Tenant.' })
    }, { description: 'A Tenant that this one agrees with.' }), {
      maxItems: 32,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['tenant'],
      description: 'Tenants whose pods may connect to those of this one, and the other way round, on all ports. Traffic flows only where ' +
        'both Tenants name each other. The class has to allow it by overrides.network.peers.'
    }))
  }, { description: 'What the namespace adds to the network of the class.' })),
  workloads: Type.Optional(Type.Object({
    hostNames: Type.Optional(Type.Array(HostName, {
      maxItems: 16,
      description: 'Host names that are allowed in addition to workloads.hostNames of the class, written as there. The class lists the ' +
        'allowed names and patterns under overrides.workloads.hostNames.'
    }))
  }, { description: 'What the namespace adds to workloads of the class.' })),
  nodePool: Type.Optional(Type.String({
    minLength: 1,
    maxLength: 63,
    pattern: dnsLabel.source,
    description: 'Name of a node pool of the class, under overrides.nodePools. Its nodeSelector replaces that of the class, and its ' +
      'tolerations are added. Existing pods stay where they are.'
  }))
}

export const NamespaceOverrides = Type.Object(namespaceOverrides)
export type NamespaceOverrides = Static<typeof NamespaceOverrides>
