import type { Guardrail, ResourceRule } from '../guardrail.ts'
import { write } from '../resource-rules.ts'
import { routeResources } from './host-names.ts'

/** Updates of the status of built-in kinds can change metadata too. */
const status = (group: string, resource: string): ResourceRule => ({ group, resources: [`${resource}/status`], operations: ['UPDATE'] })

/** By field of `spec.workloads.refusedAnnotations`. */
const resources: Record<string, ResourceRule[]> = {
  services: [{ group: '', resources: ['services'], operations: write }, status('', 'services')],
  serviceAccounts: [{ group: '', resources: ['serviceaccounts'], operations: write }],
  secrets: [{ group: '', resources: ['secrets'], operations: write }],
  ingresses: [
    { group: 'networking.k8s.io', resources: ['ingresses'], operations: write },
    status('networking.k8s.io', 'ingresses'),
    ...routeResources
  ]
}

/** An object has a few. Each is compared with each prefix. */
const maxAnnotations = 256

const fieldByResource = Object.entries(resources).filter(([field]) => field !== 'ingresses')
  .map(([field, [rule]]) => `request.resource.resource == '${rule?.resources[0]}' ? '${field}' : `).join('')

/**
 * Controllers obey annotations with more permissions than those who write them. Kubernetes creates a ServiceAccount in each namespace
 * before anything else, and a restore brings Secrets first.
 */
export const annotations: Guardrail = {
  name: 'k8s-mtp-workloads-annotations',
  purpose: 'Services, Ingresses, routes, ServiceAccounts and Secrets have no annotations that the TenantClass refuses.',
  withoutParameter: 'Allow',
  resources: Object.values(resources).flat(),
  variables: {
    isChanged: 'variables.annotationsNow != variables.annotationsBefore',
    hasTooMany: `variables.isChanged && variables.annotationsNow.size() > ${maxAnnotations}`,
    field: `${fieldByResource}'ingresses'`,
    prefixes: 'params.spec.refusedAnnotations[variables.field]',
    refused: `
      !variables.isChanged || variables.hasTooMany ? [] : variables.annotationsNow.map(key, key).filter(key,
        variables.prefixes.exists(prefix, key.startsWith(prefix))
        && !(key in variables.annotationsBefore && variables.annotationsBefore[key] == variables.annotationsNow[key]))`
  },
  rules: {
    count: {
      refuses: `more than ${maxAnnotations} annotations`,
      expression: '!variables.hasTooMany',
      message: `{variables.object} may have ${maxAnnotations} annotations. Remove some`
    },
    prefix: {
      refuses: 'a new or changed annotation with a prefix that the TenantClass lists',
      expression: 'variables.refused.size() == 0',
      message: 'TenantClass {params.spec.className} does not allow the annotation {variables.refused[0]}: ' +
        'spec.workloads.refusedAnnotations.{variables.field} lists its prefix. Remove it, or change the TenantClass'
    }
  }
}
