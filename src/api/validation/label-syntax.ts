import type { Validation } from './cel-rule.ts'

/** A DNS name, as part of a regular expression. */
export const dnsName = '[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*'
const qualifiedName = new RegExp(`^(${dnsName}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/
const longestPrefix = 253

/** One part of a DNS name: what the API server asks of the names of namespaces, and what we ask of names that become part of one. */
export const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

/** A DNS name: what the API server asks of `metadata.name`, and of the names of ServiceAccounts. */
export const subdomain = new RegExp(`^${dnsName}$`)

/** The syntax of keys and of label values. Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ */
export const keysAreQualifiedNames: Validation<Record<string, string>> = {
  rule: `self.all(key, key.matches('${qualifiedName.source.replaceAll('\\/', '/')}') && key.indexOf('/') <= ${longestPrefix})`,
  message: 'a key is a name of at most 63 letters, digits, dashes, dots and underscores, with a DNS name and a slash before it where it needs a prefix',
  holds: self => Object.keys(self).every(key => qualifiedName.test(key) && key.indexOf('/') <= longestPrefix)
}

export const valuesAreLabelValues: Validation<Record<string, string>> = {
  rule: `self.all(key, self[key].size() <= 63 && self[key].matches('${labelValue.source}'))`,
  message: 'the value of a label is at most 63 letters, digits, dashes, dots and underscores, and begins and ends with a letter or digit',
  holds: self => Object.values(self).every(value => value.length <= 63 && labelValue.test(value))
}
