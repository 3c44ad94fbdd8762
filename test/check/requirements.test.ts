import { describe, expect, it } from 'vitest'
import { grantAnyRule, installPermissions, installRules } from '../../src/check/install-permissions.ts'
import { kubernetesVersion } from '../../src/check/kubernetes-version.ts'
import { otherMetacontroller } from '../../src/check/other-metacontroller.ts'
import { mutatingPoliciesServed, validatingPoliciesServed } from '../../src/check/served-policies.ts'
import { workload } from './objects.ts'

describe('kubernetes-version', () => {
  it.each([
    ['v1.35.0', 'ok'],
    ['v1.36.3+k3s1', 'ok'],
    ['v1.40.0-gke.100', 'ok'],
    ['v1.34.9', 'warning'],
    ['v1.33.1', 'failed'],
    ['v2.0.0', 'warning'],
    ['unknown', 'warning']
  ])('%s: %s', (version, state) => {
    expect(kubernetesVersion(version).state).toBe(state)
  })
})

it('the API server must serve ValidatingAdmissionPolicies, and may serve MutatingAdmissionPolicies', () => {
  expect([validatingPoliciesServed, mutatingPoliciesServed].map(check => [check(true).state, check(false).state])).toEqual([['ok', 'failed'], ['ok', 'warning']])
})

describe('install-permissions', () => {
  it('fails without the permission to create objects of the installation', () => {
    expect(installPermissions([...installRules, grantAnyRule])).toMatchObject({ state: 'failed', message: expect.stringContaining('create clusterroles.rbac.authorization.k8s.io, clusterrolebindings.rbac.authorization.k8s.io') as string })
  })

  it('warns of ClusterRoles with permissions that the caller lacks', () => {
    expect(installPermissions([grantAnyRule])).toMatchObject({ state: 'warning' })
    expect(installPermissions([])).toMatchObject({ state: 'ok' })
  })
})

describe('other-metacontroller', () => {
  const other = (options: Parameters<typeof workload>[0] = {}) => workload({ kind: 'StatefulSet', namespace: 'shared', args: [], ...options })

  it.each([
    ['a StatefulSet', {}],
    ['an image with a suffix, by digest', { image: 'registry.example.com:5000/mirror/metacontroller-distroless@sha256:0123' }],
    ['another label selector', { args: ['--target-label-selector=team=a'] }]
  ])('warns of %s', (_, options) => {
    expect(otherMetacontroller([workload({ labels: { 'app.kubernetes.io/part-of': 'k8s-mtp' } }), other(options)])).toEqual({
      state: 'warning',
      message: 'another Metacontroller runs: StatefulSet shared/metacontroller. Two would reconcile the same Tenants',
      remedy: expect.stringMatching(/metacontroller\.install=false, metacontroller\.serviceAccount\.namespace=shared .*kubectl scale --namespace shared statefulset\/metacontroller --replicas=0/) as string
    })
  })

  it.each([
    ['that excludes k8s-mtp', other({ args: ['--target-label-selector=app.kubernetes.io/name!=k8s-mtp'] })],
    ['that excludes k8s-mtp among others, as two arguments', other({ args: ['--target-label-selector', 'team=a, app.kubernetes.io/name != k8s-mtp'] })],
    ['without replicas', other({ replicas: 0 })],
    ['of the chart', other({ labels: { 'app.kubernetes.io/part-of': 'k8s-mtp' } })],
    ['with the ServiceAccount that the guardrails name', workload()],
    ['that is another program', other({ image: 'not-metacontroller:v1' })],
    ['that a program is for', other({ image: 'metacontroller-dashboard:v1' })],
    ['of a Tenant', other({ namespace: 'tenant-acme-shop' })]
  ])('accepts one %s', (_, found) => {
    expect(otherMetacontroller([found], new Set(['tenant-acme-shop']), { namespace: 'metacontroller', name: 'metacontroller' })).toMatchObject({ state: 'ok' })
  })
})
