import { apiVersion } from '../api/group.ts'
import { fieldsAt, listAt, textAt, type Fields } from '../kubernetes/json.ts'
import type { ObservedObject } from '../kubernetes/object.ts'
import { childKindsOf, type ChildKind, type ParentKind } from '../tenancy/desired/child-kinds.ts'
import { failed, few, ok, type Result } from './finding.ts'
import { upgradeRemedy } from './installed-version.ts'

/** By name: the parent of each, and the kind that it is. */
const controllers: Record<string, { resource: string, parent: ParentKind }> = {
  'k8s-mtp': { resource: 'tenants', parent: 'Tenant' },
  'k8s-mtp-namespaces': { resource: 'tenantnamespaces', parent: 'TenantNamespace' }
}

const hooks = ['sync', 'customize']

/** Ours among all CompositeControllers of the cluster. */
export function ownControllers (observed: readonly ObservedObject[]): ObservedObject[] {
  return observed.filter(({ metadata }) => metadata.name in controllers)
}

/** @param observed undefined where the API server does not serve the kind */
export function compositeControllers (observed: readonly ObservedObject[] | undefined): Result {
  if (observed === undefined) {
    return failed('the CustomResourceDefinitions of Metacontroller are not installed',
      'Install Metacontroller first, or set metacontroller.install=true of the chart.')
  }
  const own = ownControllers(observed)
  const problems = Object.entries(controllers).flatMap(([name, { resource, parent }]) => {
    const found = own.find(({ metadata }) => metadata.name === name)
    return found === undefined
      ? [`${name} is missing`]
      : problemsOf(fieldsAt(found, 'spec'), resource, childKindsOf[parent]).map(problem => `${name} ${problem}`)
  })
  const command = 'kubectl apply --server-side -f metacontroller/composite-controller.yaml'
  if (problems.length > 0) return failed(few(problems), upgradeRemedy(own, command))
  return ok(`${own.length} CompositeControllers of this version call ${hookUrls(own).map(withoutPath)[0] ?? ''}`)
}

function problemsOf (spec: Fields, resource: string, children: readonly ChildKind[]): string[] {
  const parent = fieldsAt(spec, 'parentResource')
  const isParent = parent['apiVersion'] === apiVersion && parent['resource'] === resource
  const selected = listAt(spec, 'childResources')
  const keyOf = (child: Fields) => `${textAt(child, 'apiVersion')}/${textAt(child, 'resource')}`
  const names = new Set(children.map(child => keyOf({ ...child })))
  return [
    ...(isParent ? [] : [`has another parent than ${resource}`]),
    ...(parent['ignoreStatusChanges'] === true ? [] : ['lacks ignoreStatusChanges']),
    ...(spec['generateSelector'] === true ? [] : ['lacks generateSelector: labels of a Tenant could claim objects']),
    ...[...names].filter(name => !selected.some(child => keyOf(child) === name)).map(name => `lacks the child ${name}`),
    ...selected.filter(child => !names.has(keyOf(child))).map(child => `has another child ${keyOf(child)}`),
    ...selected.filter(child => names.has(keyOf(child)) && fieldsAt(child, 'updateStrategy')['method'] !== 'InPlace')
      .map(child => `does not update ${keyOf(child)} InPlace`),
    ...hooks.filter(hook => hookUrl(spec, hook) === '' || fieldsAt(fieldsAt(spec, 'hooks'), hook)['version'] !== 'v2')
      .map(hook => `lacks the hook ${hook} in version v2`)
  ]
}

function hookUrl (spec: Fields, hook: string): string {
  return textAt(fieldsAt(fieldsAt(fieldsAt(spec, 'hooks'), hook), 'webhook'), 'url')
}

function hookUrls (own: readonly ObservedObject[]): string[] {
  return own.flatMap(controller => hooks.map(hook => hookUrl(fieldsAt(controller, 'spec'), hook))).filter(url => url !== '')
}

function withoutPath (url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url
}

/**
 * The Service that the hook's URL names; undefined for a hook outside of the cluster.
 * Source: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#services
 */
export function hookService (observed: readonly ObservedObject[]): { namespace: string, name: string } | undefined {
  const [url = ''] = hookUrls(ownControllers(observed))
  const [, name, namespace] = URL.canParse(url) ? /^([^.]+)\.([^.]+)\.svc(\.|$)/.exec(new URL(url).hostname) ?? [] : []
  return name === undefined || namespace === undefined ? undefined : { namespace, name }
}
