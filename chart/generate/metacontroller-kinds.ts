import { Type, type TObject, type TSchema } from '@sinclair/typebox'
import { OneOf } from '../../src/api/one-of.ts'
import { isFields } from '../../src/kubernetes/json.ts'
import { structuralSchema } from '../../src/crd/structural-schema.ts'

/*
 * The kinds of Metacontroller 4.17.2, with all of their fields: its own chart leaves definitions that exist as they are. Fields of later
 * versions are kept: helm 4 replaces definitions that it finds, even if the chart then refuses to be installed.
 * Source: https://github.com/metacontroller/metacontroller/blob/v4.17.2/pkg/apis/metacontroller/v1alpha1/types.go
 */

const Optional = <T extends TSchema>(schema: T) => Type.Optional(schema)
const text = (description: string) => Type.String({ description })

const resource = {
  apiVersion: text('API group and version, such as apps/v1.'),
  resource: text('Plural name in lower case, such as deployments.')
}
const SelectorRequirement = Type.Object({
  key: Type.String(),
  operator: text('In, NotIn, Exists or DoesNotExist.'),
  values: Optional(Type.Array(Type.String(), { 'x-kubernetes-list-type': 'atomic' }))
})
const matchExpressions = Optional(Type.Array(SelectorRequirement, { 'x-kubernetes-list-type': 'atomic' }))
const LabelSelector = Type.Object(
  { matchLabels: Optional(Type.Record(Type.String(), Type.String())), matchExpressions },
  { description: 'Selects objects by labels.', 'x-kubernetes-map-type': 'atomic' }
)
const ignoreStatusChanges = Optional(Type.Boolean({ description: 'Whether a change of the status alone causes no sync.' }))
const resyncPeriodSeconds = Optional(Type.Integer({ format: 'int32', description: 'Time between syncs without a change.' }))
const updateMethod = Optional(OneOf(['OnDelete', 'Recreate', 'InPlace', 'RollingRecreate', 'RollingInPlace'], {
  description: 'How existing objects are changed. OnDelete, the default, does not change them.'
}))

const name = text('Name of the object.')
const namespace = text('Namespace of the object.')
const SecretRef = Type.Object({ name, namespace })
const keyOf = (preset: string) => Type.Optional(Type.String({ default: preset }))
const CaBundleRef = Type.Object({ name, namespace, key: keyOf('ca.crt') })
/** How to connect to a hook. */
const connection = {
  caBundle: Optional(Type.Object({
    inline: Optional(text('Certificates in PEM.')),
    secretRef: Optional(CaBundleRef),
    configMapRef: Optional(CaBundleRef)
  }, { description: 'The CA of its certificate: exactly one of the fields. Read at the start, and when this object changes.' })),
  clientTLS: Optional(Type.Object({
    secretRef: SecretRef, certKey: keyOf('tls.crt'), privateKeyKey: keyOf('tls.key')
  }, { description: 'Client certificate.' })),
  authorization: Optional(Type.Object({
    type: keyOf('Bearer'), secretRef: Type.Object({ name, namespace, key: Type.String() })
  }, { description: 'Credentials in the header Authorization.' })),
  basicAuth: Optional(Type.Object({
    secretRef: SecretRef, usernameKey: keyOf('username'), passwordKey: keyOf('password')
  }, { description: 'User and password, instead of authorization.' }))
}
const Webhook = Type.Object({
  url: Optional(text('URL of the hook, instead of service and path.')),
  service: Optional(Type.Object({
    name, namespace, port: Optional(Type.Integer({ format: 'int32' })), protocol: Optional(Type.String())
  }, { description: 'The Service of the hook.' })),
  path: Optional(text('Path of the hook at the Service.')),
  timeout: Optional(Type.String({ format: 'duration', description: 'Timeout, such as 10s.' })),
  etag: Optional(Type.Object({
    enabled: Optional(Type.Boolean()),
    cacheTimeoutSeconds: Optional(Type.Integer({ format: 'int32' })),
    cacheCleanupSeconds: Optional(Type.Integer({ format: 'int32' }))
  }, { description: 'Caching of responses.' })),
  responseUnMarshallMode: Optional(OneOf(['loose', 'strict'], { description: 'Whether unknown fields of a response are an error.' })),
  ...connection
})
const Hook = Type.Object({
  version: Type.Optional(OneOf(['v1', 'v2'], { default: 'v1', description: 'Version of requests and responses.' })),
  webhook: Optional(Webhook)
})
const hooks = { customize: Optional(Hook), sync: Optional(Hook), finalize: Optional(Hook) }
const endpointConfigs = Optional(Type.Array(Type.Object({ host: text('Host, or host:port, of webhooks.'), ...connection })))

const CompositeControllerSpec = Type.Object({
  parentResource: Type.Object({
    ...resource,
    labelSelector: Optional(LabelSelector),
    ignoreStatusChanges,
    revisionHistory: Optional(Type.Object({ fieldPaths: Optional(Type.Array(Type.String())) }))
  }, { description: 'The kind whose objects are reconciled.' }),
  childResources: Optional(Type.Array(Type.Object({
    ...resource,
    updateStrategy: Optional(Type.Object({
      method: updateMethod,
      statusChecks: Optional(Type.Object({
        conditions: Optional(Type.Array(Type.Object({
          type: Type.String(), status: Optional(Type.String()), reason: Optional(Type.String())
        })))
      }))
    }))
  }), { description: 'The kinds of its children.' })),
  hooks: Optional(Type.Object({ ...hooks, preUpdateChild: Optional(Hook), postUpdateChild: Optional(Hook) })),
  endpointConfigs,
  resyncPeriodSeconds,
  generateSelector: Optional(Type.Boolean({ description: 'Whether children are selected by a label controller-uid.' }))
})

const DecoratorControllerSpec = Type.Object({
  resources: Type.Array(Type.Object({
    ...resource,
    labelSelector: Optional(LabelSelector),
    annotationSelector: Optional(Type.Object({
      matchAnnotations: Optional(Type.Record(Type.String(), Type.String())), matchExpressions
    })),
    ignoreStatusChanges
  }), { description: 'The kinds that get attachments.' }),
  attachments: Optional(Type.Array(Type.Object({ ...resource, updateStrategy: Optional(Type.Object({ method: updateMethod })) }))),
  hooks: Optional(Type.Object(hooks)),
  endpointConfigs,
  resyncPeriodSeconds
})

const anything = { 'x-kubernetes-preserve-unknown-fields': true }
const withSpec = (spec: TObject) => Type.Object({ spec, status: Optional(Type.Object({})) })

const kinds = [
  {
    kind: 'CompositeController',
    scope: 'Cluster',
    shortNames: ['cc', 'cctl'],
    description: 'Reconciles objects of a kind with their children, as a hook responds.',
    schema: withSpec(CompositeControllerSpec)
  },
  {
    kind: 'DecoratorController',
    scope: 'Cluster',
    shortNames: ['dec', 'decorators'],
    description: 'Attaches objects to those of other kinds, as a hook responds.',
    schema: withSpec(DecoratorControllerSpec)
  },
  {
    kind: 'ControllerRevision',
    scope: 'Namespaced',
    shortNames: [],
    description: 'A revision of a parent, written by Metacontroller.',
    schema: Type.Object({
      parentPatch: Type.Object({}, anything),
      children: Optional(Type.Array(Type.Object({ apiGroup: Type.String(), kind: Type.String(), names: Type.Array(Type.String()) })))
    })
  }
] as const

const group = 'metacontroller.k8s.io'

/** Keeps unknown fields of all objects with known ones. */
function withLaterFields (schema: unknown): unknown {
  if (Array.isArray(schema) || !isFields(schema)) return schema
  const fields = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withLaterFields(value)]))
  return schema['type'] === 'object' && isFields(schema['properties']) ? { ...fields, ...anything } : fields
}

function definitionOf ({ kind, scope, shortNames, description, schema }: typeof kinds[number]) {
  const singular = kind.toLowerCase()
  const plural = `${singular}s`
  const { properties, required } = withLaterFields(structuralSchema(schema)) as { properties: object, required: string[] }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      labels: { 'app.kubernetes.io/name': 'k8s-mtp', 'app.kubernetes.io/component': 'metacontroller' },
      annotations: {
        // The API server requires it in groups of k8s.io.
        'api-approved.kubernetes.io': 'unapproved, request not yet submitted',
        // For Argo CD, which renders them as part of the Application.
        'helm.sh/resource-policy': 'keep'
      }
    },
    spec: {
      group,
      scope,
      names: { kind, listKind: `${kind}List`, plural, singular, ...(shortNames.length > 0 && { shortNames }) },
      versions: [{
        name: 'v1alpha1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            description,
            properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' }, ...properties },
            required: ['metadata', ...required]
          }
        },
        subresources: { status: {} }
      }]
    }
  }
}

/** The CustomResourceDefinitions of Metacontroller, by file name. */
export const metacontrollerDefinitions = Object.fromEntries(kinds.map(kind => {
  const definition = definitionOf(kind)
  return [`${group}_${definition.spec.names.plural}.yaml`, definition]
}))
