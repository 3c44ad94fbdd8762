import { labels } from '../../api/group.ts'
import { endpointControllers } from '../actors.ts'
import { fieldOf, isExemptController, maxItems, namespaceIsTerminating, quoted, sameValue } from '../cel.ts'
import { exceptBreakGlass, inEmergency } from '../conditions.ts'
import type { Guardrail, Parties, Rule } from '../guardrail.ts'
import { ingressClassesIn, storageClassesIn } from './class-names.ts'
import { endpointsHaveOnlyKnownAddresses, slicesHaveOnlyKnownAddresses } from './endpoints.ts'
import { imagesIn } from './images.ts'

const sameIn = (listOf: (object: string) => string) => `${listOf('variables.now')} == ${listOf('variables.before')}`

/** Of many items, none may change. */
const nothingNewIn = (listOf: (object: string) => string) => {
  const [now, before] = [listOf('variables.now'), listOf('variables.before')]
  return `(${now} == ${before} || (${now}.size() <= ${maxItems} && ${before}.size() <= ${maxItems} && ${now}.all(item, item in ${before})))`
}

const exceptControllers = { who: 'the endpoint controllers', is: isExemptController(endpointControllers) }

/**
 * The namespace controller deletes the WorkloadPolicy while other objects wait for their finalizers, and without it the
 * guardrails with it as parameter do not check updates. So this one has none. Deletion needs none of these fields.
 */
export function terminatingNamespaces (parties: Parties): Guardrail {
  const rule = (resource: string, what: string, isUnchanged: string, exempt?: typeof exceptControllers): Rule => ({
    refuses: `${what} in a terminating namespace${exempt === undefined ? '' : `; ${exempt.who} may`}`,
    expression: `
      request.resource.resource != ${quoted(resource)} || !(${namespaceIsTerminating})
      || ${exempt === undefined ? '' : `${exempt.is} || `}(${isUnchanged})`,
    message: `{variables.object} cannot change so while its namespace is being deleted: ${what}. ` +
      `Delete the object, or remove its finalizers; ${inEmergency(parties)}`
  })
  return {
    name: 'k8s-mtp-terminating-namespaces',
    purpose: 'In a terminating namespace, workloads keep what guardrails check: addresses, types, classes, images and selectors.',
    resources: [
      { group: '', resources: ['services', 'endpoints', 'persistentvolumeclaims', 'pods'], operations: ['UPDATE'] },
      { group: '', resources: ['pods/ephemeralcontainers'], operations: ['UPDATE'] },
      { group: 'discovery.k8s.io', resources: ['endpointslices'], operations: ['UPDATE'] },
      { group: 'networking.k8s.io', resources: ['ingresses'], operations: ['UPDATE'] }
    ],
    namespaceLabel: labels.tenant,
    conditions: exceptBreakGlass(parties),
    rules: {
      services: rule(
        'services', 'another type, external name or selector, or a new external IP, of a Service',
        [
          sameValue('spec.type', quoted('')), sameValue('spec.externalName', quoted('')), sameValue('spec.selector', '{}'),
          nothingNewIn(object => fieldOf(object, 'spec.externalIPs'))
        ].join(' && ')
      ),
      endpoints: rule('endpoints', 'a new address in Endpoints', endpointsHaveOnlyKnownAddresses, exceptControllers),
      'endpoint-slices': rule('endpointslices', 'a new address in an EndpointSlice', slicesHaveOnlyKnownAddresses, exceptControllers),
      ingresses: rule('ingresses', 'another IngressClass', sameIn(ingressClassesIn)),
      'volume-claims': rule('persistentvolumeclaims', 'another StorageClass of a volume claim', sameIn(storageClassesIn)),
      images: rule('pods', 'a new image or ephemeral container of a pod', [
        nothingNewIn(imagesIn), sameValue('spec.ephemeralContainers')
      ].join(' && '))
    }
  }
}
