import type { TObject } from '@sinclair/typebox'
import { deletionProtectionAnnotation, group, labels, version } from '../api/group.ts'
import { Tenant } from '../api/tenant.ts'
import { TenantNamespace } from '../api/tenant-namespace.ts'
import { TenantClass } from '../api/tenant-class.ts'
import { WorkloadPolicy } from '../api/workload-policy.ts'
import { structuralSchema, type StructuralSchema } from './structural-schema.ts'

interface Kind {
  schema: TObject
  scope: 'Cluster' | 'Namespaced'
  plural: string
  shortName: string
  columns: Array<{ name: string, type: string, jsonPath: string, description: string, priority?: number }>
}

const readyCondition = (field: string) => `.status.conditions[?(@.type=="Ready")].${field}`
const age = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since its creation.' }

const tenants: Kind = {
  schema: Tenant,
  scope: 'Cluster',
  plural: 'tenants',
  shortName: 'mtpt',
  columns: [
    { name: 'Ready', type: 'string', jsonPath: readyCondition('status'), description: 'Whether all objects are up to date.' },
    { name: 'Phase', type: 'string', jsonPath: '.status.phase', description: 'Active: up to date.' },
    { name: 'Namespace', type: 'string', jsonPath: '.status.namespaces[0].name', description: 'The namespace of the tenant.' },
    { name: 'Class', type: 'string', jsonPath: '.spec.className', description: 'The TenantClass.' },
    { name: 'Reason', type: 'string', jsonPath: readyCondition('reason'), description: 'Reason of the condition Ready.' },
    age,
    { name: 'Message', type: 'string', jsonPath: readyCondition('message'), description: 'What to do next.', priority: 1 }
  ]
}

const tenantNamespaces: Kind = {
  schema: TenantNamespace,
  scope: 'Cluster',
  plural: 'tenantnamespaces',
  shortName: 'mtpn',
  columns: [
    { name: 'Tenant', type: 'string', jsonPath: `.metadata.labels.${labels.tenant.replaceAll('.', '\\.')}`, description: 'The Tenant.' },
    { name: 'Namespace', type: 'string', jsonPath: '.status.namespaces[0].name', description: 'The namespace.' },
    { name: 'Class', type: 'string', jsonPath: '.spec.className', description: 'The TenantClass.' },
    { name: 'Ready', type: 'string', jsonPath: readyCondition('status'), description: 'Whether all objects are up to date.' },
    { name: 'Reason', type: 'string', jsonPath: readyCondition('reason'), description: 'Reason of the condition Ready.' },
    age,
    { name: 'Message', type: 'string', jsonPath: readyCondition('message'), description: 'What to do next.', priority: 1 }
  ]
}

const tenantClasses: Kind = {
  schema: TenantClass,
  scope: 'Cluster',
  plural: 'tenantclasses',
  shortName: 'mtpc',
  columns: [
    {
      name: 'Pod-Security',
      type: 'string',
      jsonPath: '.spec.podSecurity.enforce',
      description: 'The Pod Security Standard that is enforced.'
    },
    age
  ]
}

const workloadPolicies: Kind = {
  schema: WorkloadPolicy,
  scope: 'Namespaced',
  plural: 'workloadpolicies',
  shortName: 'mtpw',
  columns: [
    { name: 'Tenant', type: 'string', jsonPath: '.spec.tenantName', description: 'The Tenant.' },
    { name: 'Class', type: 'string', jsonPath: '.spec.className', description: 'The TenantClass.' },
    { name: 'Cordoned', type: 'boolean', jsonPath: '.spec.cordoned', description: 'Whether new pods are refused.' },
    { name: 'Services', type: 'string', jsonPath: '.spec.services.types', description: 'The allowed types of Services.' },
    {
      name: 'Registries',
      type: 'string',
      jsonPath: '.spec.imageRegistries',
      description: 'The allowed registries of images.',
      priority: 1
    },
    age
  ]
}

/** The schema of the root: `apiVersion`, `kind` and `metadata` belong to the API server, which describes them itself. */
function rootSchema (schema: TObject): StructuralSchema {
  const { properties, ...root } = structuralSchema(schema)
  return {
    ...root,
    properties: { ...properties as object, apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' } },
    required: ['spec']
  }
}

function customResourceDefinition ({ schema, scope, plural, shortName, columns }: Kind) {
  const kind = String(schema.properties['kind']?.['const'])
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      labels: { 'app.kubernetes.io/name': 'k8s-mtp', 'app.kubernetes.io/component': 'crd' },
      annotations: { [deletionProtectionAnnotation]: 'true' }
    },
    spec: {
      group,
      scope,
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase(), shortNames: [shortName], categories: ['mtp'] },
      versions: [{
        name: version,
        served: true,
        storage: true,
        additionalPrinterColumns: columns,
        schema: { openAPIV3Schema: rootSchema(schema) },
        ...('status' in schema.properties && { subresources: { status: {} } })
      }]
    }
  }
}

export type CustomResourceDefinition = ReturnType<typeof customResourceDefinition>

/** File name to manifest, for `crds/`. */
export const customResourceDefinitions: Readonly<Record<string, CustomResourceDefinition>> = Object.fromEntries(
  [tenants, tenantNamespaces, tenantClasses, workloadPolicies]
    .map(kind => [`${group}_${kind.plural}.yaml`, customResourceDefinition(kind)]))
