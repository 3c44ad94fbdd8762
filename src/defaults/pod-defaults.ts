import { daemonSetController } from '../guardrails/actors.ts'
import { fieldOr, isExemptController, isSetByRequest } from '../guardrails/cel.ts'
import { exceptBreakGlass, exceptNodes } from '../guardrails/conditions.ts'
import type { Parties } from '../guardrails/guardrail.ts'
import type { DefaultsPolicy, Patch } from './defaults-policy.ts'

const defaults = 'params.spec.pods.defaults'
const spec = 'object.spec'
const ofPod = '/spec/securityContext'

const add = (path: string, value: string): string => `JSONPatch{op: 'add', path: ${path}, value: ${value}}`
const addAt = (path: string, value: string): string => add(`'${path}'`, value)
const remove = (path: string): string => `JSONPatch{op: 'remove', path: '${path}'}`
const addIf = (condition: string, ...patches: string[]): string => `(${condition} ? [${patches.join(', ')}] : [])`

/** Kubernetes rejects user namespaces together with those of the host, with another message than Pod Security has. */
const usesHostNamespaces = ['hostNetwork', 'hostPID', 'hostIPC'].map(field => `(has(${spec}.${field}) && ${spec}.${field})`).join(' || ')

const security: Patch = {
  fillsIn: 'runAsNonRoot: true, or hostUsers: false with userNamespaces, and seccompProfile RuntimeDefault of the pod',
  when: `variables.isNew && ${defaults}.podSecurity`,
  operations: [
    addIf(`!has(${spec}.securityContext)`, addAt(ofPod, 'Object.spec.securityContext{}')),
    addIf(`!has(variables.podSecurity.runAsNonRoot) && !${defaults}.userNamespaces`, addAt(`${ofPod}/runAsNonRoot`, 'true')),
    addIf(
      `!has(variables.podSecurity.runAsNonRoot) && ${defaults}.userNamespaces && !has(${spec}.hostUsers) && !(${usesHostNamespaces})`,
      addAt('/spec/hostUsers', 'false')
    ),
    addIf(
      '!has(variables.podSecurity.seccompProfile)',
      addAt(`${ofPod}/seccompProfile`, "Object.spec.securityContext.seccompProfile{type: 'RuntimeDefault'}")
    )
  ].join(' + ')
}

/** Kubernetes rejects it for these, with another message than Pod Security has. */
const mayEscalate = `
  has(context.privileged) && context.privileged
  || has(context.capabilities) && has(context.capabilities.add)
    && context.capabilities.add.exists(name, name in ['SYS_ADMIN', 'CAP_SYS_ADMIN'])`

/** Indexes come from the list itself, since conditions must not move them. */
function securityOf (list: 'containers' | 'initContainers' | 'ephemeralContainers'): Patch {
  const path = (field: string) => `'/spec/${list}/' + string(index) + '/securityContext${field}'`
  const type = `Object.spec.${list}.securityContext`
  const drop = "['ALL']"
  const isFilled = list === 'ephemeralContainers' ? '!(container.name in variables.debuggersBefore)' : 'true'
  return {
    fillsIn: `allowPrivilegeEscalation: false, and capabilities.drop: [ALL], of ${list}`,
    when: `${list === 'ephemeralContainers' ? 'true' : 'variables.isNew'} && ${defaults}.podSecurity && has(${spec}.${list})`,
    operations: `
      ${spec}.${list}.transformList(index, container, ${isFilled},
        [${fieldOr('container.securityContext', '{}')}].map(context,
          ${addIf('!has(container.securityContext)', add(path(''), `${type}{}`))}
          + ${addIf(`!has(context.allowPrivilegeEscalation) && !(${mayEscalate})`, add(path('/allowPrivilegeEscalation'), 'false'))}
          + ${addIf('!has(context.capabilities)', add(path('/capabilities'), `${type}.capabilities{drop: ${drop}}`))}
          + ${addIf('has(context.capabilities) && !has(context.capabilities.drop)', add(path('/capabilities/drop'), drop))}
        ).flatten()).flatten()`
  }
}

const nodeSelector: Patch = {
  fillsIn: 'the nodeSelector of the class, key by key; not in pods of DaemonSets, whose templates need it',
  when: `variables.isNew && !${isExemptController(daemonSetController)} && ${defaults}.nodeSelector.size() > 0`,
  operations: `
    has(${spec}.nodeSelector)
    ? ${defaults}.nodeSelector.map(key, key).filter(key, !(key in ${spec}.nodeSelector))
      .map(key, ${add("'/spec/nodeSelector/' + jsonpatch.escapeKey(key)", `${defaults}.nodeSelector[key]`)})
    : [${addAt('/spec/nodeSelector', `${defaults}.nodeSelector`)}]`
}

const toleration = ['key', 'operator', 'value', 'effect'].map(field => `${field}: item.${field}`).join(', ')

const tolerations: Patch = {
  fillsIn: 'the tolerations of the class with tolerations, of taints for which the pod has none',
  when: `variables.isNew && ${defaults}.tolerations.size() > 0`,
  operations: `
    ${addIf(`!has(${spec}.tolerations)`, addAt('/spec/tolerations', '[]'))}
    + ${defaults}.tolerations
      .filter(item, !${fieldOr(`${spec}.tolerations`)}.exists(present, has(present.key) && present.key == item.key))
      .map(item, ${add("'/spec/tolerations/-'", `Object.spec.tolerations{${toleration}}`)})`
}

const runtimeClass: Patch = {
  fillsIn: 'the runtimeClassName of the class',
  when: `variables.isNew && ${defaults}.runtimeClass != '' && !has(${spec}.runtimeClassName)`,
  operations: `[${addAt('/spec/runtimeClassName', `${defaults}.runtimeClass`)}]`
}

/** The API server has filled in the default of the cluster by then, and what belongs to it; it does so again for the new name. */
const priorityClass: Patch = {
  fillsIn: 'the priorityClassName of the class, also instead of the default of the cluster',
  when: `
    variables.isNew && ${defaults}.priorityClass != '' && !(has(${spec}.priorityClassName)
    && (${spec}.priorityClassName == ${defaults}.priorityClass || ${isSetByRequest('priorityClassName')}))`,
  operations: [
    addIf(`has(${spec}.priority)`, remove('/spec/priority')),
    addIf(`has(${spec}.preemptionPolicy)`, remove('/spec/preemptionPolicy')),
    `[${addAt('/spec/priorityClassName', `${defaults}.priorityClass`)}]`
  ].join(' + ')
}

/**
 * Security fields only tighten, and placement fields only fill gaps: no value of a pod is replaced. The API server judges the result by
 * Pod Security, guardrails and quotas.
 */
export const podDefaults = (parties: Parties): DefaultsPolicy => ({
  name: 'k8s-mtp-pod-defaults',
  purpose: 'New pods get what the Pod Security Standard restricted requires and they leave out, and the placement of the TenantClass.',
  resources: [
    { group: '', resources: ['pods'], operations: ['CREATE'] },
    { group: '', resources: ['pods/ephemeralcontainers'], operations: ['UPDATE'] }
  ],
  conditions: {
    'is-not-windows': {
      expression: "!(has(object.spec.os) && object.spec.os.name == 'windows')", exempts: 'pods with spec.os.name windows'
    },
    ...exceptNodes,
    ...exceptBreakGlass(parties)
  },
  variables: {
    now: 'object',
    isNew: "request.operation == 'CREATE'",
    podSecurity: fieldOr(`${spec}.securityContext`, '{}'),
    debuggersBefore: `
      oldObject != null && has(oldObject.spec.ephemeralContainers) ? oldObject.spec.ephemeralContainers.map(each, each.name) : []`
  },
  patches: {
    'pod-security': security,
    containers: securityOf('containers'),
    'init-containers': securityOf('initContainers'),
    'ephemeral-containers': securityOf('ephemeralContainers'),
    'node-selector': nodeSelector,
    tolerations,
    'runtime-class': runtimeClass,
    'priority-class': priorityClass
  },
  hasParameter: true
})
