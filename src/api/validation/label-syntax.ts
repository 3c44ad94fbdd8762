import type { Validation } from './cel-rule.ts'

/** A DNS name, as part of a regular expression. */
export const dnsName = '[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*'
export const qualifiedName = new RegExp(`^(${dnsName}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)
/** A key of an annotation, or the beginning of one. */
export const annotationPrefix = new RegExp(`^${dnsName}(/[-A-Za-z0-9_.]*)?$`)
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/
const longestPrefix = 253

/** `name` or `prefix/name`, where the prefix is a DNS name: keys of labels and annotations, and names of resources. */
export function isQualifiedName (name: string): boolean {
  return qualifiedName.test(name) && name.indexOf('/') <= longestPrefix
}

/** One part of a DNS name (RFC 1123): names of namespaces, and names that become part of one. */
export const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

/** A DNS name: `metadata.name` of most kinds. */
export const subdomain = new RegExp(`^${dnsName}$`)

/** The syntax of keys and of label values. Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ */
export const keysAreQualifiedNames: Validation<Record<string, string>> = {
  rule: `self.all(key, key.matches('${qualifiedName.source.replaceAll('\\/', '/')}') && key.indexOf('/') <= ${longestPrefix})`,
  message: 'a key has at most 63 letters, digits, dashes, dots and underscores, after an optional prefix of a DNS name and a slash',
  isValid: self => Object.keys(self).every(isQualifiedName)
}

export const valuesAreLabelValues: Validation<Record<string, string>> = {
  rule: `self.all(key, self[key].size() <= 63 && self[key].matches('${labelValue.source}'))`,
  message: 'a label value has at most 63 letters, digits, dashes, dots and underscores, and begins and ends with a letter or digit',
  isValid: self => Object.values(self).every(value => value.length <= 63 && labelValue.test(value))
}
