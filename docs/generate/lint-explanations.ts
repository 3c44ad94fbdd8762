import type { OwnRule } from '../../src/lint/rules.ts'

export interface Explanation {
  why: string
  remedy: string
  /** Manifests with the finding, and without. Those of a class leave out fields that do not matter. */
  bad: string
  good: string
}

const manifest = (kind: 'Tenant' | 'TenantClass', name: string, spec: string): string =>
  `apiVersion: k8s-mtp.dev/v1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec:\n${spec.replaceAll(/^/gm, '  ')}\n`

const admins = 'admins:\n  - {kind: Group, name: acme-leads}'
const tenant = (spec: string, name = 'acme') => manifest('Tenant', name, `name: shop\n${admins}${spec === '' ? '' : `\n${spec}`}`)
const tenantClass = (spec: string) => manifest('TenantClass', 'gold', spec)
const documents = (...texts: string[]) => texts.join('---\n')

const plain = tenant('')
const viewer = (name: string, more = '') => tenant(`viewers:\n  - {kind: User, name: ${name}${more}}`)

/** The rules of `k8s-mtp lint` other than those about amounts, which docs/classes.md explains. A test runs all examples. */
export const explanations: Readonly<Record<OwnRule, Explanation>> = {
  'invalid-yaml': {
    why: 'No tool can read the file. Repeated keys, and aliases that lead nowhere or expand without bound, are errors too.',
    remedy: 'Correct the syntax at the line.',
    bad: plain.replace('{name: acme}', '{name: acme'),
    good: plain
  },
  'unsupported-list': {
    why: 'kubectl, Argo CD and Flux apply the items of a list one by one, whatever its kind. A check of the list as one object would miss them.',
    remedy: 'Write each item as a document of its own.',
    bad: 'apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: k8s-mtp.dev/v1, kind: Tenant, metadata: {name: acme}, spec: {name: shop}}\n',
    good: plain
  },
  'unsupported-kind': {
    why: 'Users write Tenants and TenantClasses. k8s-mtp writes all other kinds of its API group, and guardrails refuse them from others.',
    remedy: 'Write a Tenant or a TenantClass, in the version that the message names.',
    bad: plain.replace('kind: Tenant', 'kind: TenantNamespace'),
    good: plain
  },
  'unknown-field': {
    why: 'The API server drops unknown fields without strict validation: a mistyped list of admins grants nothing.',
    remedy: 'Correct the name. The message lists the existing fields.',
    bad: tenant('viewer:\n  - {kind: User, name: eve@audit.example}'),
    good: viewer('eve@audit.example')
  },
  'invalid-field': {
    why: 'The API server refuses the value, or the Tenant would be on hold under its class.',
    remedy: 'Do what the message says. The [API reference](api.md) has the types, bounds and rules of all fields.',
    bad: tenant('deletionPolicy: Keep'),
    good: tenant('deletionPolicy: Retain')
  },
  'invalid-expiry': {
    why: 'A time without an offset means different moments in different places, so the API server refuses it.',
    remedy: 'Write date and time to the second, with `Z` or an offset.',
    bad: viewer('eve@audit.example', ', expiresAt: "2030-12-24T18:00:00"'),
    good: viewer('eve@audit.example', ', expiresAt: "2030-12-24T18:00:00Z"')
  },
  'system-subject': {
    why: 'Users and groups that begin with `system:` stand for all users, for nodes or for cluster administrators. ' +
      'A Tenant that lists `system:authenticated` opens its namespace to the whole cluster.',
    remedy: 'Name the users, groups or ServiceAccounts that need access.',
    bad: tenant('viewers:\n  - {kind: Group, name: "system:authenticated"}'),
    good: tenant('viewers:\n  - {kind: Group, name: auditors}')
  },
  'namespace-name-too-long': {
    why: 'A namespace is named `tenant-<metadata.name>-<spec.name>`, and a name has at most 63 characters.',
    remedy: 'Shorten one of the two names. Both are immutable later.',
    bad: tenant('', 'department-of-very-long-names-and-even-longer-abbreviations').replace('name: shop', 'name: production'),
    good: tenant('', 'long-names').replace('name: shop', 'name: production')
  },
  'duplicate-object': {
    why: 'Tools apply both objects, and the last one wins. Which one that is depends on the tool.',
    remedy: 'Remove one of them.',
    bad: documents(plain, plain),
    good: documents(plain, tenant('', 'globex'))
  },
  'duplicate-namespace': {
    why: 'Two Tenants have one namespace: by the name rule (`a-b` with `c`, `a` with `b-c`), or because both list an existing one. The second ' +
      'reports NamespaceConflict.',
    remedy: 'Rename one of the Tenants, or list the existing namespace in one of them.',
    bad: documents(tenant('', 'acme-eu'), plain.replace('name: shop', 'name: eu-shop')),
    good: documents(tenant('', 'acme-eu'), plain)
  },
  'unknown-class': {
    why: 'With an unknown class a Tenant is on hold: nothing is created, changed or deleted.',
    remedy: 'Correct `spec.className`, or add the class. Without `--classes`, the shipped classes count as existing.',
    bad: tenant('className: standrad'),
    good: tenant('className: standard')
  },
  'unknown-role': {
    why: 'A Tenant with a role that its class does not have under `spec.additionalRoles` is on hold.',
    remedy: 'Correct the name of the role, or add it to the class.',
    bad: tenant('roles:\n  release-manager:\n    - {kind: User, name: rita@acme.example}'),
    good: tenant('operators:\n  - {kind: User, name: rita@acme.example}')
  },
  'override-not-allowed': {
    why: 'The class bounds overrides under `spec.overrides`. With an override out of bounds a Tenant is on hold.',
    remedy: 'Change or remove the override, or ask the platform team to change the bound.',
    bad: tenant('quotas:\n  tenant-quota: {pods: "4000"}'),
    good: tenant('quotas:\n  tenant-quota: {cpu: "2", memory: 4Gi, pods: "30"}')
  },
  'unknown-subject': {
    why: 'Kubernetes accepts any name of a user or group. One that is mistyped gets no access, and a made-up one may be registered by others. ' +
      'Reported only with `--known-subjects`.',
    remedy: 'Correct the name, or add it to the file. The message has the most similar name.',
    bad: plain.replace('acme-leads', 'acme-lead'),
    good: plain
  },
  'ignored-document': {
    why: 'k8s-mtp does not read the document, and a tool may apply it anyway: a review of the Tenants would miss it.',
    remedy: 'Move it to a folder of its own. Tenants belong under `-f`, classes under `--classes` where that is given.',
    bad: documents(plain, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notes}\n'),
    good: plain
  },
  'unused-class': {
    why: 'A class without Tenants is a leftover, or a Tenant has a mistyped name of another existing class. Reported only where the input has ' +
      'Tenants.',
    remedy: 'Remove the class, unless Tenants in other repositories use it.',
    bad: documents(tenantClass('podSecurity: {enforce: restricted}'), plain),
    good: documents(tenantClass('podSecurity: {enforce: restricted}'), tenant('className: gold'))
  },
  'tenant-without-admin': {
    why: 'Without admins, no member can manage Secrets and ServiceAccounts. Mostly the list is forgotten, or the access of all has ended.',
    remedy: 'List an admin, best a group.',
    bad: plain.replace(`  ${admins.replace('\n', '\n  ')}\n`, ''),
    good: plain
  },
  'expired-subject': {
    why: 'The access has ended. The entry grants nothing, and hides who has access.',
    remedy: 'Remove the subject, or set a later time.',
    bad: viewer('eve@audit.example', ', expiresAt: "2025-12-24T18:00:00Z"'),
    good: viewer('eve@audit.example', ', expiresAt: "2030-12-24T18:00:00Z"')
  },
  'duplicate-subject': {
    why: 'Of two entries for one subject, the one whose access ends later counts. Removing one of them does not remove the access.',
    remedy: 'Remove one of the entries.',
    bad: tenant('viewers:\n  - {kind: User, name: eve@audit.example, expiresAt: "2030-12-24T18:00:00Z"}\n  - {kind: User, name: eve@audit.example}'),
    good: viewer('eve@audit.example', ', expiresAt: "2030-12-24T18:00:00Z"')
  },
  'subject-in-several-roles': {
    why: 'A role that grants all of another makes the lesser one useless, and a reader of that list underestimates the access. Not reported ' +
      'where the greater access ends first, or where the roles of the class do not include each other.',
    remedy: 'Remove the subject from one of the lists.',
    bad: tenant('viewers:\n  - {kind: Group, name: acme-leads}'),
    good: tenant('viewers:\n  - {kind: Group, name: auditors}')
  },
  'own-service-account': {
    why: 'Anyone who may create pods in the namespace can act as its ServiceAccounts. A running pod keeps their access when that of the person ' +
      'who created it ends. Viewers are not reported.',
    remedy: 'Use a ServiceAccount of another namespace, such as that of the CI system.',
    bad: tenant('operators:\n  - {kind: ServiceAccount, name: deployer, namespace: tenant-acme-shop}'),
    good: tenant('operators:\n  - {kind: ServiceAccount, name: deployer, namespace: ci}')
  },
  'redundant-override': {
    why: 'The override changes nothing now. When the class changes, the Tenant stays behind.',
    remedy: 'Remove the override. Keep it with a [comment](#disable-a-rule) if the amount must stay.',
    bad: tenant('quotas:\n  tenant-quota: {pods: "20"}'),
    good: tenant('quotas:\n  tenant-quota: {cpu: "2", memory: 4Gi, pods: "30"}')
  },
  'one-sided-peer': {
    why: 'Traffic flows only where both Tenants name each other. Reported only where the input has the other Tenant.',
    remedy: 'Name the Tenant in `spec.network.peers` of the other one too, or remove the peer.',
    bad: documents(
      tenantClass('overrides: {network: {peers: true}}'),
      tenant('className: gold\nnetwork:\n  peers:\n    - {tenant: globex}'), tenant('className: gold', 'globex')
    ),
    good: documents(
      tenantClass('overrides: {network: {peers: true}}'),
      tenant('className: gold\nnetwork:\n  peers:\n    - {tenant: globex}'),
      tenant('className: gold\nnetwork:\n  peers:\n    - {tenant: acme}', 'globex')
    )
  },
  'existing-namespace-deleted': {
    why: 'The namespace existed before the Tenant. With `deletionPolicy: Delete`, deleting the Tenant deletes it with all its data.',
    remedy: 'Remove the field: existing namespaces are kept by default.',
    bad: tenant('namespaces:\n  - existing: payments-prod\n    deletionPolicy: Delete'),
    good: tenant('namespaces:\n  - existing: payments-prod')
  },
  'paused-tenant': {
    why: 'While a Tenant is paused, drift is not corrected, and changes of the Tenant and its class have no effect. Operators pause by hand, for ' +
      'a short time; in Git it stays.',
    remedy: 'Remove the field when the reason for it is gone.',
    bad: tenant('paused: true'),
    good: plain
  },
  'cordoned-tenant': {
    why: 'While a Tenant is cordoned, new pods are refused, also those that replace failed ones.',
    remedy: 'Remove the field when the reason for it is gone.',
    bad: tenant('cordoned: true'),
    good: plain
  },
  'reaching-permissions': {
    why: 'Some kinds make a controller act elsewhere with its own permissions, or get around a rule of the class. The ' +
      '[list of kinds](reaching-kinds.md) explains each.',
    remedy: 'Remove the permission, or do what the list says, and keep it with a [comment](#disable-a-rule) at the rule.',
    bad: documents(tenantClass('additionalRoles:\n  scheduler:\n    rules:\n      - {apiGroups: [""], resources: [pods/binding], verbs: [create]}'), tenant('className: gold')),
    good: documents(tenantClass('additionalRoles:\n  scheduler:\n    rules:\n      - {apiGroups: [""], resources: [pods], verbs: [get, list]}'), tenant('className: gold'))
  },
  'privileged-pods': {
    why: 'A privileged pod can take over its node, and with it the pods and Secrets of other Tenants there.',
    remedy: 'Enforce restricted or baseline. Where a Tenant needs more, give its class nodes of its own.',
    bad: documents(tenantClass('podSecurity: {enforce: privileged}'), tenant('className: gold')),
    good: documents(tenantClass('podSecurity: {enforce: baseline}'), tenant('className: gold'))
  },
  'unused-disable': {
    why: 'The comment disables a rule that reports nothing at its line, or names no rule. Later it would hide a finding unnoticed. While the input has errors, only a comment with a wrong name is reported.',
    remedy: 'Remove the name of the rule, or move the comment to the line of the finding.',
    bad: tenant('cordoned: false # k8s-mtp-lint-disable cordoned-tenant'),
    good: tenant('cordoned: true # k8s-mtp-lint-disable cordoned-tenant')
  }
}
