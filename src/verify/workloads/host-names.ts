import type { Resource } from '../../kubernetes/api-request.ts'
import { any, type WorkloadPolicySpec } from '../../api/workload-policy.ts'
import type { Fields } from '../../kubernetes/json.ts'
import { skipped, type Check, type Result } from '../check.ts'
import type { Context } from '../context.ts'
import { creation, verifyName } from '../creation.ts'
import { noMemberCan } from '../escalation/attempts.ts'
import { resources } from '../../kubernetes/resources.ts'
import { allowed, withoutPolicy } from './allowed.ts'
import { judgeObject } from './object-trial.ts'

/** A name that cannot be registered. Source: https://datatracker.ietf.org/doc/html/rfc2606 */
const foreignHost = 'verify.k8s-mtp.invalid'

/** A kind with host names, and an object of it for one. */
type ObjectFor = (host: string, policy: WorkloadPolicySpec | undefined) => Fields

const ingressFor: ObjectFor = (host, policy) => {
  const [className] = policy?.ingressClasses ?? []
  const backend = { service: { name: verifyName, port: { number: 80 } } }
  return {
    spec: {
      ...(className !== undefined && className !== any && { ingressClassName: className }),
      rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }]
    }
  }
}

const routeFor: ObjectFor = host =>
  ({ spec: { parentRefs: [{ name: verifyName }], hostnames: [host], rules: [{ backendRefs: [{ name: verifyName, port: 80 }] }] } })

/** A host name that the class allows; undefined where it allows none. */
const ownHost = ({ hostNames: [first] }: WorkloadPolicySpec): string | undefined => first?.replace(/^\*\./, 'verify.')

/** The twin is an object for a host name of the class. Where the class allows none, no such object is harmless. */
async function judgeHosts (context: Context, resource: Resource, objectFor: ObjectFor): Promise<Result> {
  const policy = await context.workloads()
  if (policy === undefined) return withoutPolicy(context, 'which host names')
  if (policy.hostNames.includes(any)) return allowed(policy, 'any host name')
  const what = `${resource.kind === 'Ingress' ? 'an' : 'a'} ${resource.kind} for ${foreignHost}`
  const own = ownHost(policy)
  const harmful = objectFor(foreignHost, policy)
  if (own !== undefined) {
    return await judgeObject(context, { resource, what, harmless: objectFor(own, policy), harmful, expected: ['policy'] })
  }
  return await noMemberCan(context, [{ what: `create ${what}`, request: creation(resource, context.target.name, harmful) }])
}

const why = 'A controller serves the name for all namespaces, so a team could take the traffic of another one.'

export const ingressHostNames: Omit<Check, 'remedy'> = {
  id: 'ingress-host-names',
  level: 1,
  title: 'Ingresses for host names of others are refused',
  why,
  judge: async context => await judgeHosts(context, resources.ingresses, ingressFor)
}

export const routeHostNames: Omit<Check, 'remedy'> = {
  id: 'gateway-host-names',
  level: 1,
  title: 'Routes of the Gateway API for host names of others are refused',
  why,
  async judge (context) {
    const served = await context.api.listServed(resources.httpRoutes, { namespace: context.target.name })
    if (served === undefined) return skipped('the API server does not serve HTTPRoutes')
    return await judgeHosts(context, resources.httpRoutes, routeFor)
  }
}
