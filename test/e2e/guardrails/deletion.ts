import type { GuardrailCase } from './case.ts'
import { dryRun, tryDelete } from './world.ts'

const crd = (name: string) => ({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name })

export const deletionCases: GuardrailCase[] = [
  ...(['Background', 'Foreground', undefined] as const).map((propagationPolicy): GuardrailCase => ({
    rule: 'retained-tenants/retain',
    refuses: `deleting a Tenant that retains, with ${propagationPolicy ?? 'no'} propagation`,
    who: 'a cluster administrator',
    attempt: (who, { retained }) => who.delete(retained.ref, { dryRun: ['All'], ...(propagationPolicy !== undefined && { propagationPolicy }) }),
    message: /Tenant acme-\w+ has the deletionPolicy Retain: delete it with kubectl delete tenants.k8s-mtp.dev acme-\w+ --cascade=orphan, which keeps its namespace and all data, or set spec.deletionPolicy to Delete first/,
    allows: 'deleting it and leaving its namespace behind',
    twin: (who, { retained }) => who.delete(retained.ref, { dryRun: ['All'], propagationPolicy: 'Orphan' })
  })),
  {
    rule: 'retained-tenants/retain',
    refuses: 'it in an emergency too',
    who: 'a member of the break-glass group',
    attempt: (who, { retained }) => tryDelete(who, retained.ref),
    message: /has the deletionPolicy Retain/,
    allows: 'deleting a Tenant that takes everything with it',
    twin: (who, { tenant }) => tryDelete(who, tenant.ref)
  },
  ...['tenants', 'tenantclasses'].map((plural): GuardrailCase => ({
    rule: 'protected-definitions/protected',
    refuses: `deleting the definition of ${plural}`,
    who: 'a cluster administrator',
    attempt: who => tryDelete(who, crd(`${plural}.k8s-mtp.dev`)),
    message: new RegExp(`deleting ${plural}.k8s-mtp.dev would delete everything of its kind.* If that is what you want: kubectl annotate customresourcedefinition ${plural}.k8s-mtp.dev k8s-mtp.dev/deletion-protection-`),
    allows: 'taking the protection off first',
    twin: who => who.patch(crd(`${plural}.k8s-mtp.dev`), { metadata: { annotations: { 'k8s-mtp.dev/deletion-protection': null } } }, dryRun)
  })),
  {
    rule: 'protected-definitions/protected',
    refuses: 'it in an emergency too',
    who: 'a member of the break-glass group',
    attempt: who => tryDelete(who, crd('tenants.k8s-mtp.dev')),
    message: /would delete everything of its kind/,
    allows: 'deleting the definitions of others',
    twin: who => tryDelete(who, crd('controllerrevisions.metacontroller.k8s.io'))
  }
]
