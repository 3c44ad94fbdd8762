import { group } from '../api/group.ts'
import { rule, type JustifiedRules } from './rules.ts'

/** The permissions with which `k8s-mtp check` skips nothing. It creates no objects: access reviews are not stored. */
export const checkRules: JustifiedRules[] = [
  {
    because: 'CustomResourceDefinitions, guardrails and defaults of pods, to compare them with this version.',
    rules: [
      rule('apiextensions.k8s.io', ['customresourcedefinitions'], ['list']),
      rule('admissionregistration.k8s.io', [
        'validatingadmissionpolicies', 'validatingadmissionpolicybindings', 'mutatingadmissionpolicies', 'mutatingadmissionpolicybindings'
      ], ['list'])
    ]
  },
  {
    because: 'The CompositeControllers, and the hook that they call.',
    rules: [
      rule('metacontroller.k8s.io', ['compositecontrollers'], ['list']),
      rule('', ['services'], ['get']),
      rule('discovery.k8s.io', ['endpointslices'], ['list'])
    ]
  },
  {
    because: 'Metacontroller and others of its kind, network plugins, pods of the hook and name servers.',
    rules: [rule('apps', ['daemonsets', 'deployments', 'statefulsets'], ['list']), rule('', ['pods'], ['list'])]
  },
  {
    because: 'The lease of Metacontroller.',
    rules: [{ ...rule('coordination.k8s.io', ['leases'], ['get']), resourceNames: ['metacontroller'] }]
  },
  {
    because: 'The permissions of Metacontroller, and others that have them.',
    rules: [
      rule('authorization.k8s.io', ['subjectaccessreviews'], ['create']),
      rule('rbac.authorization.k8s.io', ['clusterrolebindings', 'clusterroles'], ['list'])
    ]
  },
  { because: 'The namespaces of Tenants, whose workloads are not of the platform.', rules: [rule('', ['namespaces'], ['list'])] },
  { because: 'Tenants and their classes.', rules: [rule(group, ['tenantclasses', 'tenantnamespaces', 'tenants'], ['list'])] }
]
