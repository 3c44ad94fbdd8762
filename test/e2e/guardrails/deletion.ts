import { client } from '../context.ts'
import type { GuardrailCase } from './case.ts'
import { dryRun, tryDelete } from './world.ts'

const crd = (name: string) => ({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name })

export const deletionCases: GuardrailCase[] = [
  ...(['Background', 'Foreground', undefined] as const).map((propagationPolicy): GuardrailCase => ({
    rule: 'retained-tenants/retain',
    refuses: `deletion of a Tenant with deletionPolicy Retain and ${propagationPolicy ?? 'no'} propagation policy`,
    who: 'a cluster administrator',
    attempt: (who, { retained }) => who.delete(retained.ref, { dryRun: ['All'], ...(propagationPolicy !== undefined && { propagationPolicy }) }),
    message: /Tenant acme-\w+ has deletionPolicy Retain. To keep its namespace and data, run kubectl delete tenants.k8s-mtp.dev acme-\w+ --cascade=orphan; to delete them, first set spec.deletionPolicy to Delete/,
    allows: 'deletion with propagation policy Orphan',
    control: (who, { retained }) => who.delete(retained.ref, { dryRun: ['All'], propagationPolicy: 'Orphan' })
  })),
  {
    rule: 'retained-tenants/retain',
    refuses: 'deletion of a Tenant with deletionPolicy Retain',
    who: 'a member of the break-glass group',
    attempt: (who, { retained }) => tryDelete(who, retained.ref),
    message: /has deletionPolicy Retain/,
    allows: 'deletion of a Tenant with deletionPolicy Delete',
    control: (who, { tenant }) => tryDelete(who, tenant.ref)
  },
  {
    rule: 'retained-tenants/foreground',
    refuses: 'deletion in the foreground of a Tenant with an existing namespace',
    who: 'a cluster administrator',
    attempt: (who, { listing }) => who.delete(listing.ref, { dryRun: ['All'], propagationPolicy: 'Foreground' }),
    message: /has existing namespaces, which may be kept, and cannot wait for the deletion of what is in them. Run kubectl delete tenants.k8s-mtp.dev acme-\w+ --cascade=background/,
    allows: 'deletion in the background',
    control: (who, { listing }) => who.delete(listing.ref, { dryRun: ['All'], propagationPolicy: 'Background' })
  },
  {
    rule: 'retained-tenants/kept',
    refuses: 'deletion of a Tenant with an existing namespace that is not kept yet',
    who: 'a cluster administrator',
    attempt: async (who, { unkept }) => {
      // The engine may have written the status since.
      await client().patch(unkept.ref, { status: { namespaces: [{ name: 'nowhere', phase: 'Active', ready: false, reason: 'NamespaceNotKept' }] } }, { subresource: 'status' })
      return tryDelete(who, unkept.ref)
    },
    message: /has existing namespaces that may not be kept yet, as its entries say. Wait until it is reconciled, and do what status.namespaces says/,
    allows: 'deletion with propagation policy Orphan',
    control: (who, { unkept }) => who.delete(unkept.ref, { dryRun: ['All'], propagationPolicy: 'Orphan' })
  },
  {
    rule: 'listed-namespaces/own',
    refuses: 'a namespace of the Tenant as existing',
    who: 'a cluster administrator',
    attempt: (who, { tenant }) => who.patch(tenant.ref, { spec: { namespaces: [{ existing: `tenant-${tenant.name}-dev` }] } }, dryRun),
    message: /namespaces named tenant-acme-\w+-<name> are listed by name, not as existing. Write the entry \{name: <name>\}/,
    allows: 'one of another Tenant',
    control: (who, { tenant }) => who.patch(tenant.ref, { spec: { namespaces: [{ existing: `tenant-${tenant.name}2-dev` }] } }, dryRun)
  },
  ...(['a cluster administrator', 'a member of the break-glass group'] as const).flatMap(who => ['metacontroller', 'k8s-mtp-system'].map((platform): GuardrailCase => ({
    rule: 'listed-namespaces/platform',
    refuses: `the namespace ${platform} of the platform in the list of a Tenant`,
    who,
    attempt: (who, { tenant }) => who.patch(tenant.ref, { spec: { namespaces: [{ name: 'dev' }, { existing: platform }] } }, dryRun),
    message: new RegExp(`namespace ${platform} belongs to the platform and cannot be a Tenant's. Remove its entry from spec.namespaces`),
    allows: 'another one',
    control: (who, { tenant }) => who.patch(tenant.ref, { spec: { namespaces: [{ name: 'dev' }, { existing: `${platform}-2` }] } }, dryRun)
  }))),
  ...['tenants', 'tenantnamespaces', 'tenantclasses'].map((plural): GuardrailCase => ({
    rule: 'protected-definitions/protected',
    refuses: `deletion of the CustomResourceDefinition of ${plural}`,
    who: 'a cluster administrator',
    attempt: who => tryDelete(who, crd(`${plural}.k8s-mtp.dev`)),
    message: new RegExp(`deleting ${plural}.k8s-mtp.dev deletes every object of its kind.* To delete it anyway, first run kubectl annotate customresourcedefinition ${plural}.k8s-mtp.dev k8s-mtp.dev/deletion-protection-`),
    allows: 'removal of its deletion protection',
    control: who => who.patch(crd(`${plural}.k8s-mtp.dev`), { metadata: { annotations: { 'k8s-mtp.dev/deletion-protection': null } } }, dryRun)
  })),
  {
    rule: 'protected-definitions/protected',
    refuses: 'deletion of the CustomResourceDefinition of tenants',
    who: 'a member of the break-glass group',
    attempt: who => tryDelete(who, crd('tenants.k8s-mtp.dev')),
    message: /deletes every object of its kind/,
    allows: 'deletion of other CustomResourceDefinitions',
    control: who => tryDelete(who, crd('controllerrevisions.metacontroller.k8s.io'))
  }
]
