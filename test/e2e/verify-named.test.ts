import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { VerifyReport } from '../../src/verify/report.ts'
import { classRef } from './classes.ts'
import { k8sMtpAt } from './cli.ts'
import { client, eventually } from './context.ts'
import { remove, removeTenant, uniqueName } from './tenants.ts'
import { kubeconfigWith } from './verify/kubeconfig.ts'
import { grantByName, namedGrants } from './verify/named-grants.ts'
import type { Others } from './verify/weakenings.ts'
import { always, boundedClass, createTenantOf, idsIn, linesIn, pause, rbac, verifyTenant, withPod, type VerifiedTenant } from './verify/world.ts'

const className = uniqueName('bounded')
const plain = uniqueName('plain')
let tenant: VerifiedTenant
let others: Others

beforeAll(async () => {
  await client().create(boundedClass(className))
  await client().create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: plain } })
  others = { tenant: await createTenantOf('default', uniqueName('globex')), plain, node: '' }
  tenant = await createTenantOf(className)
  await withPod(tenant, { pool: 'shared' })
  await pause(tenant)
}, 200_000)

afterAll(async () => {
  await Promise.all([tenant, others.tenant].map(async ({ name }) => await removeTenant(name)))
  await remove(classRef(className))
  await remove({ apiVersion: 'v1', kind: 'Namespace', name: plain })
}, 200_000)

describe('permissions on single objects fail exactly the checks that they concern', () => {
  test.each(Object.entries(namedGrants))('%s', async (_, grant) => {
    onTestFinished(await grantByName(grant, tenant, others))
    const { failed, warning = [] } = grant
    await eventually(async () => {
      const report = await verifyTenant(tenant.name)
      const found = { failed: idsIn(report, 'failed'), warning: idsIn(report, 'warning').filter(id => !always.includes(id)) }
      expect(found, linesIn(report).join('\n')).toEqual({ failed: [...failed].sort(), warning: [...warning].sort() })
    }, { timeout: 12_000, interval: 500 })
  })
})

test('server-side apply creates an object by a permission to create it by name', async () => {
  const name = uniqueName('named')
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['create', 'patch'], resourceNames: [name] }]
  onTestFinished(await grantByName({ rules: () => rules, namespace: () => plain, failed: [] }, tenant, others))
  const member = client().as(tenant.admin)
  const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: plain } })
  await eventually(async () => await member.apply(configMap(name), { fieldManager: 'test' }))
  await expect(member.create(configMap(name))).rejects.toThrow('cannot create')
})

describe('with the permissions that docs/verify.md lists', () => {
  const rule = (group: string, verb: string, resources: string[]) => ({ apiGroups: [group], resources, verbs: [verb] })
  const ofRbac = ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings']
  const listed = (kindsOfRbac: string[]) => [
    rule('authorization.k8s.io', 'create', ['subjectaccessreviews']),
    rule('', 'impersonate', ['users', 'groups', 'serviceaccounts']),
    rule('', 'list', ['namespaces', 'pods', 'nodes', 'resourcequotas', 'limitranges', 'secrets']),
    rule(rbac, 'list', kindsOfRbac),
    rule('networking.k8s.io', 'list', ['networkpolicies']),
    rule('discovery.k8s.io', 'list', ['endpointslices']),
    rule('gateway.networking.k8s.io', 'list', ['httproutes']),
    rule('k8s-mtp.dev', 'list', ['workloadpolicies', 'tenants', 'tenantnamespaces', 'tenantclasses']),
    rule('admissionregistration.k8s.io', 'list', ['validatingadmissionpolicies', 'validatingadmissionpolicybindings']),
    rule('apps', 'list', ['daemonsets']),
    rule('', 'get', ['services', 'serviceaccounts']),
    rule('k8s-mtp.dev', 'get', ['workloadpolicies'])
  ]
  const undecidedWith = async (rules: object[]) => {
    const { stdout } = await k8sMtpAt(await kubeconfigWith(rules, plain), ['verify', tenant.name, '-o', 'json'], [])
    const { namespaces: [report] } = JSON.parse(stdout) as VerifyReport
    return (report ?? expect.unreachable()).checks.filter(({ undecided }) => undecided).map(({ id }) => id)
  }

  test('every check is decided, except of what the classes bound', async () => {
    expect(await undecidedWith(listed(ofRbac))).toEqual(['admitted-earlier'])
  })

  test.each(['roles', 'clusterroles', 'clusterrolebindings'])('nothing passes without list on %s', async kind => {
    const ids = [
      'access-admission', 'access-all-namespaces', 'access-certificates', 'access-classes', 'access-cluster-roles', 'access-definitions', 'access-namespaces',
      'access-nodes', 'access-other-namespaces', 'access-other-tenants', 'access-tenants', 'access-volumes', 'impersonation', 'node-proxy',
      'permissions-beyond-role', 'role-escalation', 'token-requests'
    ]
    expect(await undecidedWith(listed(ofRbac.filter(each => each !== kind)))).toEqual(expect.arrayContaining(ids))
  })
})
