import type { RoleRule } from '../../api/role-rule.ts'
import { readingVerbs } from '../../api/role-rule.ts'
import { formatRule } from '../../kubernetes/role-rules.ts'
import { cacheByKey } from '../cache-by-key.ts'
import type { Words } from './words.ts'

/** Permissions that lead to others, to data or out of the pod: they are named first. */
const notable: ReadonlyArray<{ group: string, resources: readonly string[], isWrite: boolean }> = [
  { group: '', resources: ['serviceaccounts/token'], isWrite: true },
  { group: 'rbac.authorization.k8s.io', resources: ['roles', 'rolebindings'], isWrite: true },
  {
    group: '',
    resources: ['pods/exec', 'pods/attach', 'pods/ephemeralcontainers', 'pods/portforward', 'pods/proxy', 'services/proxy'],
    isWrite: true
  },
  { group: '', resources: ['secrets'], isWrite: false },
  { group: '', resources: ['secrets'], isWrite: true },
  { group: 'networking.k8s.io', resources: ['networkpolicies'], isWrite: true },
  { group: '', resources: ['pods', 'serviceaccounts'], isWrite: true },
  { group: 'apps', resources: ['deployments', 'statefulsets'], isWrite: true },
  { group: '', resources: ['pods/log', 'configmaps'], isWrite: false }
]

const [maxRules, maxPermissions, maxNotable] = [4, 16, 6]

const known = cacheByKey<Words>()

/** A few permissions in full. Of many, the notable ones, and the number of the others. */
export function permissionText (rules: readonly RoleRule[]): Words {
  return known(JSON.stringify(rules), () => describe(rules))
}

function describe (all: readonly RoleRule[]): Words {
  const own = all.filter(rule => !isOfEveryRole(rule))
  const rules = own.length > 0 ? own : all
  const count = rules.reduce((sum, rule) => sum + countOf(rule), 0)
  if (rules.length <= maxRules && count <= maxPermissions) return [{ quoted: rules.map(brief).join('; ') }]
  const found = notable.flatMap(each => granted(rules, each))
  const named = (found.length > 0 ? found : rules.slice(0, 1).map(firstOf)).slice(0, maxNotable)
  const shown = named.reduce((sum, rule) => sum + countOf(rule), 0)
  const text: Words = [{ quoted: named.map(brief).join('; ') }]
  return count > shown ? [...text, ` and ${count - shown} other permissions`] : text
}

const countOf = ({ apiGroups, resources, resourceNames, verbs }: RoleRule): number =>
  apiGroups.length * resources.length * verbs.length * (resourceNames?.length ?? 1)

/** The parts of the rules on all objects with these resources, and with reading or other verbs. */
function granted (rules: readonly RoleRule[], { group, resources, isWrite }: typeof notable[number]): RoleRule[] {
  return rules.filter(({ apiGroups, resourceNames }) => resourceNames === undefined && apiGroups.includes(group)).flatMap(rule => {
    const part = {
      apiGroups: [group],
      resources: rule.resources.filter(resource => resources.includes(resource)),
      verbs: rule.verbs.filter(verb => readingVerbs.includes(verb) !== isWrite && verb !== 'deletecollection')
    }
    return part.resources.length > 0 && part.verbs.length > 0 ? [part] : []
  })
}

/** Reading the namespace and its WorkloadPolicy, as all roles may. */
function isOfEveryRole ({ resources, resourceNames, verbs }: RoleRule): boolean {
  const [resource = ''] = resources
  return resourceNames !== undefined && verbs.join() === 'get' && ['namespaces', 'workloadpolicies'].includes(resource)
}

const writingVerbs = ['create', 'update', 'patch', 'delete']

/** `read secrets`, `read, write pods`: for get, list and watch, and for create, update, patch and delete. */
function brief (rule: RoleRule): string {
  const isAll = (verbs: readonly string[]) => verbs.every(verb => rule.verbs.includes(verb))
  const words = [['read', readingVerbs], ['write', writingVerbs]] as const
  const found = words.filter(([, verbs]) => isAll(verbs))
  const others = rule.verbs.filter(verb => !found.some(([, verbs]) => verbs.includes(verb)))
  return formatRule({ ...rule, verbs: [...found.map(([word]) => word), ...others] })
}

function firstOf ({ apiGroups, resources, verbs, ...rule }: RoleRule): RoleRule {
  return { ...rule, apiGroups: apiGroups.slice(0, 1), resources: resources.slice(0, 2), verbs: verbs.slice(0, 4) }
}
