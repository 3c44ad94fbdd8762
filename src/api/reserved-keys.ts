import { group, labels, lastAppliedAnnotation, namespaceNameLabel, ownershipLabel, podSecurityPrefix } from './group.ts'
import type { Validation } from './validation/cel-rule.ts'
import { dnsName } from './validation/label-syntax.ts'

/** Keys that decide on isolation or ownership; only k8s-mtp sets them. */
const reservedKeys = [labels.managedBy, namespaceNameLabel, ownershipLabel, lastAppliedAnnotation] as const
const reservedPrefixes: readonly string[] = [`${group}/`, podSecurityPrefix, 'metacontroller.k8s.io/']

/**
 * By these, tools find what they have applied, and prune it. Sources:
 * https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#garbage-collection
 * https://helm.sh/docs/howto/charts_tips_and_tricks/
 * https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/
 * https://github.com/rancher/wrangler (objectset)
 */
const trackingKeys = ['app.kubernetes.io/instance'] as const
const trackingPrefixes: readonly string[] = [
  'argocd.argoproj.io/', 'kustomize.toolkit.fluxcd.io/', 'helm.toolkit.fluxcd.io/', 'meta.helm.sh/', 'kubectl.kubernetes.io/',
  'applyset.kubernetes.io/', 'config.k8s.io/', 'objectset.rio.cattle.io/'
]

interface Keys { keys: readonly string[], prefixes: readonly string[] }

const listOf = (texts: readonly string[]) => `[${texts.map(text => `'${text}'`).join(', ')}]`

const namesOf = ({ keys, prefixes }: Keys) => [...keys, ...prefixes.map(prefix => `${prefix}*`)].join(', ')

function withoutKeys (refused: Keys, message: string): Validation<Record<string, string>> {
  const { keys, prefixes } = refused
  return {
    rule: `self.all(key, !(key in ${listOf(keys)}) && ${prefixes.map(prefix => `!key.startsWith('${prefix}')`).join(' && ')})`,
    message: `${namesOf(refused)} ${message}`,
    isValid: self => !Object.keys(self).some(key => keys.includes(key) || prefixes.some(prefix => key.startsWith(prefix)))
  }
}

export const noReservedKeys = withoutKeys(
  { keys: reservedKeys, prefixes: reservedPrefixes },
  'are set by k8s-mtp. Remove them (for pod security, use the field podSecurity)'
)

/** For labels and annotations of a Tenant. */
export const noTrackingKeys = withoutKeys(
  { keys: [...reservedKeys, ...trackingKeys], prefixes: [...reservedPrefixes, ...trackingPrefixes] },
  'are set by k8s-mtp, Kubernetes, and the tools that apply objects. Remove them'
)

const prefixOfKeys = new RegExp(`^${dnsName}/$`)

/** `team.example/`: the prefix of a key. */
export const prefixSyntax: Validation<string> = {
  rule: `self.matches('^${dnsName}/$')`,
  message: 'a prefix is a DNS name and a slash, such as team.example/',
  isValid: self => prefixOfKeys.test(self)
}

function notOneOf (prefixes: readonly string[], message: string): Validation<string> {
  return { rule: `!(self in ${listOf(prefixes)})`, message: `${prefixes.join(', ')} ${message}`, isValid: self => !prefixes.includes(self) }
}

/** Removing keys that k8s-mtp or the API server sets would never end. */
const platformPrefixes = [...reservedPrefixes, ...reservedKeys.filter(key => key.includes('/')).map(key => key.replace(/[^/]*$/, ''))]
export const notOfThePlatform = notOneOf(platformPrefixes, 'are prefixes of keys that k8s-mtp or Kubernetes sets. Remove them')

/** Of app.kubernetes.io/, the other keys are harmless. */
export const notOfTools = notOneOf(
  [...platformPrefixes.filter(prefix => prefix !== 'app.kubernetes.io/'), ...trackingPrefixes],
  'are prefixes of keys that k8s-mtp, Kubernetes, or the tools that apply objects set. Remove them'
)
