import { labels } from '../../api/group.ts'
import { refusedByDefault } from '../../api/workloads.ts'
import { endpointControllers, volumeBinder } from '../actors.ts'
import { fieldOf, isExemptController, listOf, maxItems, namespaceIsTerminating, quoted, sameValue } from '../cel.ts'
import { exceptBreakGlass, inEmergency } from '../conditions.ts'
import type { Guardrail, Parties, Rule } from '../guardrail.ts'
import { ingressClassesIn, storageClassesIn } from './class-names.ts'
import { endpointsHaveOnlyKnownAddresses, slicesHaveOnlyKnownAddresses } from './endpoints.ts'
import { hostsOfIngress, isForAllHosts } from './host-names.ts'
import { imagesIn } from './images.ts'

const sameIn = (listOf: (object: string) => string) => `${listOf('variables.now')} == ${listOf('variables.before')}`

/** Of many items, none may change. */
const nothingNewIn = (listOf: (object: string) => string) => {
  const [now, before] = [listOf('variables.now'), listOf('variables.before')]
  return `(${now} == ${before} || (${now}.size() <= ${maxItems} && ${before}.size() <= ${maxItems} && ${now}.all(item, item in ${before})))`
}

/** The class is not known here, so these are the prefixes that a class refuses by default. */
const nothingNewInAnnotations = (field: keyof typeof refusedByDefault) => `
  (variables.annotationsNow == variables.annotationsBefore || variables.annotationsNow.all(key,
  !${listOf(refusedByDefault[field])}.exists(prefix, key.startsWith(prefix))
  || (key in variables.annotationsBefore && variables.annotationsBefore[key] == variables.annotationsNow[key])))`

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
    purpose: 'In a terminating namespace, workloads keep what guardrails check: addresses, traffic, types, classes, hosts, images and ' +
      'selectors.',
    resources: [
      { group: '', resources: ['services', 'endpoints', 'persistentvolumeclaims', 'pods'], operations: ['UPDATE'] },
      { group: '', resources: ['pods/ephemeralcontainers'], operations: ['UPDATE'] },
      { group: 'discovery.k8s.io', resources: ['endpointslices'], operations: ['UPDATE'] },
      { group: 'networking.k8s.io', resources: ['ingresses', 'networkpolicies'], operations: ['UPDATE'] }
    ],
    namespaceLabel: labels.tenant,
    conditions: exceptBreakGlass(parties),
    rules: {
      services: rule(
        'services',
        'another type, external name, cluster IP, load balancer IP or selector, or a new external IP or reaching annotation, of a Service',
        [
          sameValue('spec.type', quoted('')), sameValue('spec.externalName', quoted('')), sameValue('spec.selector', '{}'),
          sameValue('spec.loadBalancerIP', quoted('')), sameValue('spec.clusterIPs'), nothingNewInAnnotations('services'),
          nothingNewIn(object => fieldOf(object, 'spec.externalIPs'))
        ].join(' && ')
      ),
      endpoints: rule('endpoints', 'a new address in Endpoints', endpointsHaveOnlyKnownAddresses, exceptControllers),
      'endpoint-slices': rule('endpointslices', 'a new address in an EndpointSlice', slicesHaveOnlyKnownAddresses, exceptControllers),
      ingresses: rule('ingresses', 'another IngressClass or host, or a reaching annotation', [
        sameIn(ingressClassesIn), sameIn(hostsOfIngress), sameIn(isForAllHosts), nothingNewInAnnotations('ingresses')
      ].join(' && ')),
      'network-policies': rule('networkpolicies', 'other traffic of a NetworkPolicy', sameValue('spec', '{}')),
      'volume-claims': rule('persistentvolumeclaims', 'another StorageClass, VolumeAttributesClass or volume of a volume claim', [
        sameIn(storageClassesIn), sameValue('spec.volumeAttributesClassName', quoted('')), sameValue('spec.volumeName', quoted(''))
      ].join(' && '), { who: 'the volume controller', is: isExemptController(volumeBinder) }),
      images: rule('pods', 'a new image or ephemeral container of a pod', [
        nothingNewIn(object => imagesIn(`${object}.spec`)), sameValue('spec.ephemeralContainers')
      ].join(' && '))
    }
  }
}
