import { fieldOr, listOf } from '../cel.ts'
import type { Rule } from '../guardrail.ts'

/**
 * What the Pod Security Standard restricted refuses, in the spec of a pod whose missing fields are filled in: `variables.spec`.
 * Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */

const spec = 'variables.spec'

const problem = (condition: string, text: string): string => `(${condition} ? ['${text}'] : [])`
const isTrue = (field: string): string => `(has(${field}) && ${field})`

const ofContainer = (condition: string): string => `variables.contexts.exists(context, ${condition})`
const ofAny = (condition: string): string => `([variables.podSecurity] + variables.contexts).exists(context, ${condition})`

const allowedVolumes = listOf([
  'name', 'configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret'
])

/** A pod may run as root, and say so, in a user namespace of its own. */
const isOfHostUsers = `(has(${spec}.hostUsers) ? ${spec}.hostUsers : !params.spec.pods.defaults.userNamespaces
  || has(variables.podSecurity.runAsNonRoot))`

export const podSecurityVariables: Record<string, string> = {
  podSecurity: fieldOr(`${spec}.securityContext`, '{}'),
  contexts: 'variables.containers.filter(container, has(container.securityContext)).map(container, container.securityContext)',
  podSecurityProblems: [
    ...['hostNetwork', 'hostPID', 'hostIPC'].map(field => problem(isTrue(`${spec}.${field}`), field)),
    problem(
      `${fieldOr(`${spec}.volumes`)}.exists(volume, volume.exists(key, !(key in ${allowedVolumes})))`,
      'volumes other than of ConfigMaps, Secrets, claims, CSI and emptyDir'
    ),
    problem(
      `variables.containers.exists(container, ${fieldOr('container.ports')}.exists(port, has(port.hostPort) && port.hostPort > 0))`,
      'hostPort'
    ),
    problem(ofContainer(isTrue('context.privileged')), 'privileged: true'),
    problem(ofContainer(isTrue('context.allowPrivilegeEscalation')), 'allowPrivilegeEscalation: true'),
    problem(
      ofContainer(`has(context.capabilities) && ${fieldOr('context.capabilities.add')}.exists(name, name != 'NET_BIND_SERVICE')`),
      'capabilities.add other than NET_BIND_SERVICE'
    ),
    problem(
      ofContainer("has(context.capabilities) && has(context.capabilities.drop) && !('ALL' in context.capabilities.drop)"),
      'capabilities.drop without ALL'
    ),
    problem(`${isOfHostUsers} && ${ofAny('has(context.runAsUser) && context.runAsUser == 0')}`, 'runAsUser: 0'),
    problem(`${isOfHostUsers} && ${ofAny('has(context.runAsNonRoot) && !context.runAsNonRoot')}`, 'runAsNonRoot: false'),
    problem(ofAny("has(context.seccompProfile) && context.seccompProfile.type == 'Unconfined'"), 'seccompProfile Unconfined'),
    problem(ofContainer("has(context.procMount) && context.procMount != 'Default'"), 'procMount')
  ].join(' + ')
}

/** Only a warning: the API server enforces the standard itself. */
export const podSecurityRule: Rule = {
  refuses: 'a template that the Pod Security Standard restricted refuses, whatever is filled in',
  when: 'params.spec.pods.defaults.podSecurity',
  expression: 'variables.podSecurityProblems.size() == 0',
  message: "the Pod Security Standard restricted does not allow {variables.podSecurityProblems.join(', ')}. Remove it, " +
    'or ask for a TenantClass that enforces another one: spec.podSecurity.enforce'
}
