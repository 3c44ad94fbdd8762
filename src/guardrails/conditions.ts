import { apiserver, endpointControllers, quotaControllers } from './actors.ts'
import {
  credentialId, isExemptController, isExemptEngine, isMemberOf, quoted, sameMetadata, userIsOneOf, withoutCel
} from './cel.ts'
import type { Condition, Parties } from './guardrail.ts'

type Conditions = Record<string, Condition>

/** The engine is the process that applies what the hook returns: Metacontroller, or the stand-in in tests. */
export const engineOnly = ({ engine }: Parties): Conditions =>
  ({ 'is-the-engine': { expression: userIsOneOf([engine]), appliesTo: 'requests of Metacontroller' } })

export const exceptEngine = ({ engine }: Parties): Conditions =>
  ({ 'is-not-the-engine': { expression: `!${isExemptEngine(engine)}`, exempts: 'Metacontroller' } })

export const exceptBreakGlass = ({ breakGlass }: Parties): Conditions =>
  ({ 'is-no-emergency': { expression: `!${isMemberOf(breakGlass)}`, exempts: `members of ${breakGlass.join(' or ')}` } })

/** The end of a message of policies with `exceptBreakGlass`. */
export const inEmergency = ({ breakGlass }: Parties): string => `in an emergency, act as a member of ${withoutCel(breakGlass.join(' or '))}`

export const exceptEndpointControllers: Conditions =
  { 'is-by-hand': { expression: `!${isExemptController(endpointControllers)}`, exempts: 'the endpoint controllers of Kubernetes' } }

/** Most writes of quotas: Kubernetes counts what is used after each object. */
export const exceptCounts: Conditions = {
  'is-no-count': {
    expression: `
      !(request.resource.resource == 'resourcequotas' && has(request.subResource) && request.subResource == 'status'
      && (${userIsOneOf([apiserver])} || ${isExemptController(quotaControllers)}) && ${sameMetadata})`,
    exempts: 'the API server and the quota controllers of Kubernetes and OpenShift, for the status of quotas'
  }
}

export const exceptNodes: Conditions = { 'is-no-node': { expression: `!${isMemberOf(['system:nodes'])}`, exempts: 'nodes' } }

/** Who may impersonate this extra can act as an exempt ServiceAccount anyway. */
export const exceptImpersonators: Conditions = {
  'may-not-impersonate': {
    expression: `
      !authorizer.group('authentication.k8s.io').resource('userextras').subresource(${quoted(credentialId)})
        .check('impersonate').allowed()`,
    exempts: `users who may impersonate userextras/${credentialId}, as cluster-admin may`
  }
}
