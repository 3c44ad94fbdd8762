import type { Validation } from './validation/cel-rule.ts'

/** Traffic that a class allows by name. Without one, pods of a tenant are isolated. */
export const networkProfiles = ['internet', 'ingress-controllers', 'monitoring', 'api-server'] as const
export type NetworkProfile = typeof networkProfiles[number]

/** Name of the NetworkPolicy of a profile. */
export const profilePolicyName = (profile: NetworkProfile) => `allow-${profile}`

/** The traffic rules that profiles add in each direction: DNS, internet and API server; ingress controllers and monitoring. */
export const maxProfileRules = { egress: 3, ingress: 2 } as const

/** Of one address family, in all lists together: a NetworkPolicy of a member is compared with 16 exceptions. */
const maxClusterRanges = 7

interface Profiles {
  profiles?: NetworkProfile[]
  policies?: Array<{ name: string }>
  clusterRanges?: object
  apiServer?: object
}

/** True without the profile. */
const needs = (profile: NetworkProfile, field: 'clusterRanges' | 'apiServer', message: string): Validation<Profiles> => ({
  rule: `!has(self.profiles) || !('${profile}' in self.profiles) || has(self.${field})`,
  message,
  isValid: self => self.profiles?.includes(profile) !== true || self[field] !== undefined
})

export const profilesAreComplete: ReadonlyArray<Validation<Profiles>> = [
  needs('internet', 'clusterRanges', 'the profile internet excludes the networks of the cluster. Set clusterRanges to those of its pods, ' +
    'Services and nodes'),
  needs('api-server', 'apiServer', 'the profile api-server needs the addresses of the API server. Set apiServer to those that ' +
    'kubectl get endpointslices -l kubernetes.io/service-name=kubernetes shows'),
  {
    rule: '!has(self.profiles) || !has(self.policies) || ' +
      "self.policies.all(policy, !self.profiles.exists(profile, 'allow-' + profile == policy.name))",
    message: 'a profile has a NetworkPolicy of its own: allow- and its name. Rename the policy, or remove the profile',
    isValid: ({ profiles = [], policies = [] }) =>
      !policies.some(({ name }) => profiles.some(profile => profilePolicyName(profile) === name))
  }
]

export const profilesAreDifferent: Validation<NetworkProfile[]> = {
  rule: 'self.all(profile, self.exists_one(other, other == profile))',
  message: 'a profile is listed twice. Remove one',
  isValid: self => new Set(self).size === self.length
}

interface ClusterRanges { pods: string[], services: string[], nodes: string[] }

const allRanges = ({ pods, services, nodes }: ClusterRanges): string[] => [...pods, ...services, ...nodes]
const isIPv6 = (network: string): boolean => network.includes(':')

export const fewClusterRanges: Validation<ClusterRanges> = {
  rule: "[true, false].all(isIPv6, (self.pods + self.services + self.nodes).filter(network, network.contains(':') == isIPv6).size() " +
    `<= ${maxClusterRanges})`,
  message: `clusterRanges may have ${maxClusterRanges} networks of one address family together. Write larger networks`,
  isValid: self => [true, false].every(family => allRanges(self).filter(network => isIPv6(network) === family).length <= maxClusterRanges)
}
