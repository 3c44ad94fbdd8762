import type { KubeClient } from '../../cluster/client.ts'
import { classManifest, smallClass } from '../classes.ts'
import type { GuardrailCase } from './case.ts'
import { dryRun } from './world.ts'

const writes = ['get', 'patch']

async function createClass (who: KubeClient, ...rules: object[]): Promise<unknown> {
  return who.create(classManifest('reaching', { roles: { ...smallClass.roles, operator: { rules } } }), dryRun)
}

const createClassWith = async (who: KubeClient, rule: object): Promise<unknown> =>
  who.create(classManifest('reaching', { additionalRoles: { auditor: { rules: [rule] }, deployer: { rules: [rule] } } }), dryRun)

export const reachingClassCases: GuardrailCase[] = [
  {
    rule: 'reaching-classes/permissions',
    refuses: 'writes of kinds of Flux and of tokens',
    who: 'a cluster administrator',
    attempt: who => createClass(
      who,
      { apiGroups: ['kustomize.toolkit.fluxcd.io'], resources: ['kustomizations', 'kustomizations/status'], verbs: writes },
      { apiGroups: ['', 'apps'], resources: ['pods', 'serviceaccounts/token'], verbs: ['create'] }
    ),
    message: /^TenantClass reaching lets members write serviceaccounts\/token, kustomizations.kustomize.toolkit.fluxcd.io, which reach beyond their namespace\. Remove them, or make them safe: https:\/\/\S+\/docs\/reference\/reaching-kinds\.md$/,
    allows: 'the same class',
    control: who => createClass(who, { apiGroups: ['kustomize.toolkit.fluxcd.io'], resources: ['kustomizations'], verbs: writes })
  },
  {
    rule: 'reaching-classes/permissions',
    refuses: 'writes of a kind of Flux in a further role',
    who: 'a cluster administrator',
    attempt: who => createClassWith(who, { apiGroups: ['kustomize.toolkit.fluxcd.io'], resources: ['kustomizations'], verbs: writes }),
    message: /^TenantClass reaching lets members write kustomizations.kustomize.toolkit.fluxcd.io, which reach/,
    allows: 'reading them',
    control: who => createClassWith(who, { apiGroups: ['kustomize.toolkit.fluxcd.io'], resources: ['kustomizations'], verbs: ['get', 'list', 'watch'] })
  },
  {
    rule: 'reaching-classes/permissions',
    refuses: 'an update that adds NetworkPolicies',
    who: 'a cluster administrator',
    attempt: who => who.patch({ apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantClass', name: 'default' }, [{
      op: 'add', path: '/spec/roles/viewer/rules/-', value: { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: writes }
    }], { ...dryRun, type: 'json' }),
    message: /^TenantClass default lets members write networkpolicies.networking.k8s.io, which/,
    allows: 'the same without the rule',
    control: who => who.patch({ apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantClass', name: 'default' }, {}, dryRun)
  }
]
