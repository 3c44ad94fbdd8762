import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { applyManifests } from '../cluster/install.ts'
import type { ObjectRef } from '../cluster/kube-object.ts'
import { readManifests } from '../cluster/manifests.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { correctDeletedRole } from '../demo/correct.ts'
import { tryTampering } from '../demo/refuse.ts'
import { as, asExempt, client, eventually } from '../e2e/context.ts'
import { pod } from '../e2e/guarded-tenant.ts'
import { putData, tenantManifest, tenantRef, waitForReady } from '../e2e/tenants.ts'
import type { HelmVersion } from '../tools/tools.ts'
import { agentPod, runPod } from '../node/agent.ts'
import { kubectl } from '../node/kubectl.ts'
import { fieldOf, namesOf } from './observed.ts'
import { hookService } from './hook-service.ts'
import { enginePods, engineReplicas, leader, other, ownEngineUser, watchGuardrails } from './metacontroller.ts'
import { ask } from '../support/ask.ts'
import { valueAt } from '../support/value-at.ts'
import { createSecrets, tlsValues } from './tls.ts'
import { podsOf } from './release-pods.ts'
import { openRelease, type Release } from './release.ts'
import { formerGuardrail, laterField, tenantColumns } from './releases.ts'
import { allReady, identities, tenants, versions } from './tenants.ts'
import { gold, goldLater, valuesFile, widgets } from './values.ts'

const { namespace } = hookService
const deployment: ObjectRef = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: hookService.name }
const crd: ObjectRef = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: 'tenants.k8s-mtp.dev' }
const controllers: ObjectRef = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: 'compositecontrollers.metacontroller.k8s.io' }
const classRef = (name: string): ObjectRef => ({ apiVersion: 'k8s-mtp.dev/v1', kind: 'TenantClass', name })
const quotaOfHooli: ObjectRef = { apiVersion: 'v1', kind: 'ResourceQuota', namespace: tenants.hooli, name: 'tenant-quota' }
const operatorOfHooli: ObjectRef = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  namespace: tenants.hooli,
  name: 'tenant-operator'
}

const policies = async (): Promise<string[]> => [
  ...await namesOf('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy'),
  ...await namesOf('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicyBinding')
]
const clusterRoles = async (): Promise<string[]> => [
  ...await namesOf('rbac.authorization.k8s.io/v1', 'ClusterRole'),
  ...await namesOf('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding')
].filter(name => name.startsWith('k8s-mtp'))
const flowSchemas = async (): Promise<string[]> =>
  (await namesOf('flowcontrol.apiserver.k8s.io/v1', 'FlowSchema')).filter(name => name.startsWith('k8s-mtp'))
const hookPods = async (): Promise<string[]> => (await podsOf('hook')).map(({ metadata }) => metadata.name)
const definedFields = async (): Promise<string[]> =>
  Object.keys(await fieldOf(controllers, 'spec.versions.0.schema.openAPIV3Schema.properties.spec.properties') as object)
/** Of the containers of the hook and of Metacontroller. */
const restarts = async (): Promise<unknown[]> =>
  (await podsOf('hook', 'metacontroller')).map(pod => valueAt(pod, 'status.containerStatuses.0.restartCount'))
const ofOthers = async (): Promise<string[]> => (await versions()).filter(line => !line.includes(tenants.hooli))

/** Tests a release from its first install to the last uninstall. Each test continues from the previous one. */
export function lifecycle (version: HelmVersion): void {
  describe(`the chart by ${version}`, () => {
    let release: Release
    /** Of the last install or upgrade from another version. */
    let notes = ''

    /** Runs the command in the notes. */
    async function deleteFormerGuardrails (): Promise<void> {
      const command = /kubectl (delete validatingadmissionpolicy.*)/.exec(notes)?.[1]
      if (command !== undefined) expect(await kubectl(release.platform, command.split(' '))).toMatchObject({ code: 0 })
    }

    let values: Record<'first' | 'later' | 'mistyped' | 'tls', string[]>
    /** Columns of kubectl in the CRD of the previous release. */
    let columns: unknown

    beforeAll(async () => {
      release = await openRelease(version)
      const file = (name: string, content: object): string[] => valuesFile(release.platform.folder, name, content)
      values = {
        first: file('first', { classes: { gold } }),
        later: file('later', { classes: { gold: goldLater } }),
        mistyped: file('mistyped', { classes: { gold }, replicaCont: 3 }),
        tls: file('tls', { classes: { gold }, ...tlsValues })
      }
    })
    afterEach(({ task }) => { if (task.result?.state === 'fail') console.log(release.helm.transcript.slice(-3).join('\n\n')) })
    afterAll(async () => {
      if (process.env.K8S_MTP_SHOW_HELM !== undefined) console.log(release.helm.transcript.join('\n\n'))
      await release.platform.stop()
    })

    test('installs Metacontroller, hook, classes and guardrails before helm returns, and the first Tenant is soon Ready', async () => {
      const { install, previous, runningTags, platform } = release
      const since = Date.now()
      await install(previous, ...values.first)
      const installed = Date.now()
      expect(await fieldOf(deployment, 'status.readyReplicas')).toBe(2)
      expect(await engineReplicas()).toBe(2)
      expect(await restarts()).toEqual([0, 0, 0, 0])
      const applied = await kubectl(platform, ['apply', '--server-side', '--filename', repositoryPath('examples/tenants/acme.yaml')])
      expect(applied).toMatchObject({ code: 0 })
      await waitForReady({ name: 'acme' })
      const ready = Date.now()
      await runPod(agentPod(tenants.acme, 'first'), as('ada@acme.example'))
      expect(await restarts()).toEqual([0, 0, 0, 0])
      const [helm, first, running] = [installed, ready, Date.now()].map(time => ((time - since) / 1000).toFixed(1))
      console.log(`[${version}] helm install ${helm} s, first Ready Tenant after ${first} s, first Running pod after ${running} s`)
      await client().delete({ apiVersion: 'v1', kind: 'Pod', namespace: tenants.acme, name: 'first' })
      expect(await runningTags()).toEqual([previous.version, previous.version])
      expect(await namesOf('k8s-mtp.dev/v1', 'TenantClass')).toEqual(['default', 'gold'])
      expect(await fieldOf(classRef('gold'), 'spec')).toMatchObject(gold)
      expect((await policies()).filter(name => name !== formerGuardrail).length).toBe(readManifests(repositoryPath('guardrails')).length)
      expect(await flowSchemas()).toEqual(['k8s-mtp-platform', 'k8s-mtp-tenants'])
      columns = await fieldOf(crd, 'spec.versions.0.additionalPrinterColumns')
      if (previous.isSimulated === true) expect(columns).not.toEqual(tenantColumns())
    })

    test('runs without root, capabilities and new privileges, on a read-only file system, where pod security is restricted', async () => {
      await client().patch({ apiVersion: 'v1', kind: 'Namespace', name: namespace }, { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } })
      const pods = [...await hookPods(), ...(await enginePods()).map(({ metadata }) => metadata.name)]
      const pids = await Promise.all(pods.map(async pod => await release.platform.node.pidOf(namespace, pod)))
      for (const pid of pids) {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8')
        expect(status).toMatch(/^Uid:\t65532\t65532\t65532\t65532$/m)
        expect(status).toMatch(/^CapEff:\t0+$/m)
        expect(status).toMatch(/^CapBnd:\t0+$/m)
        expect(status).toMatch(/^NoNewPrivs:\t1$/m)
        expect(status).toMatch(/^Seccomp:\t2$/m)
        expect(readFileSync(`/proc/${pid}/mountinfo`, 'utf8')).toMatch(/ \/ \/ ro,/)
      }
      expect(pids).toHaveLength(4)
    })

    test('deletes the permissions of the Job that applied the classes', async () => {
      expect(await clusterRoles()).not.toContain('k8s-mtp-classes')
      expect(await namesOf('batch/v1', 'Job')).toEqual([])
    })

    test('grants Metacontroller its permissions: Tenants become Ready', async () => {
      await applyManifests(client(), [
        ...readManifests(repositoryPath('examples/tenants')),
        tenantManifest('hooli', { className: 'gold', operators: [{ kind: 'User', name: 'gavin@hooli.example' }] })
      ])
      await allReady()
      await Promise.all(Object.values(tenants).map(namespace => putData({ namespace })))
    })

    test('corrects drift, refuses tampering and enforces quotas', async () => {
      await correctDeletedRole(client(), tenants.acme)
      expect(await tryTampering(client(), tenants.acme)).toHaveLength(4)
      await client().create(
        tenantManifest('tiny', {
          admins: [{ kind: 'User', name: 'ada@tiny.example' }],
          quotas: { 'tenant-quota': { pods: '1' } }
        })
      )
      await waitForReady({ name: 'tiny' })
      const ada = as('ada@tiny.example')
      await eventually(() => ada.create(pod('tenant-tiny-shop', {}, {}, 'first')))
      await expect(ada.create(pod('tenant-tiny-shop', {}, {}, 'second'))).rejects.toThrow(
        'exceeded quota: tenant-quota, requested: pods=1, used: pods=1, limited: pods=1'
      )
    })

    test('passes helm test, which checks the installation, and fails while the hook is down', async () => {
      const passed = { code: 0, stdout: expect.stringMatching(/TEST SUITE: +k8s-mtp-test\n[^]*TEST SUITE: +k8s-mtp-test-installation\n[^]*✓ metacontroller /) }
      expect(await release.test()).toMatchObject(passed)
      await client().patch(deployment, { spec: { replicas: 0 } })
      // A pod that terminates still serves, until all nodes know.
      await eventually(async () => expect(await hookPods()).toEqual([]))
      expect(await release.test()).toMatchObject({ code: 1, stderr: expect.stringContaining('k8s-mtp-test failed') })
      await client().patch(deployment, { spec: { replicas: 2 } })
      await eventually(async () => expect(await fieldOf(deployment, 'status.readyReplicas')).toBe(2))
      // Helm deletes the pods at the next run.
      expect(await release.test()).toMatchObject(passed)
    })

    describe('and a Metacontroller of the cluster', () => {
      const beside = ['--set', 'metacontroller.install=false']
      const quota = { apiVersion: 'v1', kind: 'ResourceQuota', namespace: tenants.acme, name: 'tenant-quota' }

      /** Changes which Metacontroller runs. The guardrails are in force all the time, nothing in Tenants changes, and drift is corrected afterwards. */
      async function move (change: () => Promise<unknown>): Promise<void> {
        const [before, stop] = [[...await identities(), ...await versions()], watchGuardrails(tenants.acme)]
        await change()
        await correctDeletedRole(client(), 'tenant-tiny-shop')
        const { tries, admitted } = await stop()
        expect(admitted).toEqual([])
        expect(tries).toBeGreaterThan(50)
        await allReady()
        expect([...await identities(), ...await versions()]).toEqual(before)
      }

      /** As a former Metacontroller, with its permissions. */
      const morePodsAs = async (user: string) => await asExempt(user).patch(quota, { spec: { hard: { pods: '9999' } } }, { dryRun: true })

      test('hands over to it', async () => {
        await other.install(release)
        await move(async () => {
          await release.upgrade(release.previous, ...values.first, ...beside)
          expect(await enginePods()).toEqual([])
          await other.scale(release, 2)
        })
        await expect(morePodsAs(ownEngineUser)).rejects.toThrow('denied request')
      })

      test('refuses to install another beside it, and names both ways', async () => {
        const { helm, previous, values: engine } = release
        const before = await client().get(deployment)
        const { code, stderr } = await helm.attempt('upgrade', 'k8s-mtp', previous.chart, '--namespace', namespace, ...engine, ...values.first)
        expect(code).toBe(1)
        expect(stderr).toContain('a Metacontroller runs already: statefulset metacontroller in namespace metacontroller')
        expect(stderr).toContain('set metacontroller.install to false, and metacontroller.serviceAccount')
        expect(stderr).toContain('kubectl scale statefulset metacontroller --namespace metacontroller --replicas 0')
        expect(await client().get(deployment)).toEqual(before)
      })

      test('refuses a second release of its own', async () => {
        const { helm, previous, values: engine } = release
        const second = await helm.attempt('install', 'second', previous.chart, '--namespace', 'second', '--create-namespace', ...engine)
        expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('a Metacontroller runs already: ') })
      })

      const takeOver = async (change: () => Promise<unknown>): Promise<void> => {
        await other.scale(release, 0)
        await change()
        expect(await engineReplicas()).toBe(2)
        // The lease of its last leader must expire.
        expect(await eventually(async () => await leader(), { timeout: 60_000 })).toMatch(/^k8s-mtp-metacontroller-/)
      }

      test('takes over from it by rollback', async () => {
        await move(async () => await takeOver(async () => await release.rollback(1)))
        await expect(morePodsAs(other.user)).rejects.toThrow('denied request')
      })

      test('hands over to it by rollback', async () => {
        await move(async () => {
          await release.rollback(2)
          await other.scale(release, 2)
        })
      })

      test('takes over from it by upgrade', async () => {
        await move(async () => await takeOver(async () => await release.upgrade(release.previous, ...values.first)))
      })
    })

    test('upgrades CRDs and hook, and changes only the version in the status of Tenants', async () => {
      const { upgrade, current, runningTags, engineWrites } = release
      const [before, since] = [await versions(), Date.now()]
      notes = (await upgrade(current, ...values.first)).stdout
      expect(await runningTags()).toEqual([current.version, current.version])
      expect(notes.includes(formerGuardrail)).toBe(release.previous.isSimulated === true)
      expect((await engineWrites(since)).filter(({ resource }) => resource !== 'tenants/status')).toEqual([])
      expect(await versions()).toEqual(before)
      await allReady()
      expect(await fieldOf(crd, 'spec.versions.0.additionalPrinterColumns')).toEqual(tenantColumns())
      expect(await definedFields()).toContain(laterField)
    })

    test('applies a changed class only to its Tenants, with removed fields and new permissions', async () => {
      const others = await ofOthers()
      await release.upgrade(release.current, ...values.later)
      await eventually(async () => expect(await fieldOf(quotaOfHooli, 'spec.hard.pods')).toBe('35'))
      await eventually(async () => expect(await fieldOf(operatorOfHooli, 'rules')).toContainEqual(widgets))
      await waitForReady({ name: 'hooli' })
      expect(await fieldOf(classRef('gold'), 'spec.namespaceMetadata')).toBeUndefined()
      expect(
        await fieldOf({ apiVersion: 'v1', kind: 'Namespace', name: tenants.hooli }, 'metadata.labels')
      ).not.toHaveProperty(['example.com/cost-center'])
      expect(await ofOthers()).toEqual(others)
    })

    test('rejects an unknown value by name, and changes nothing', async () => {
      const { helm, current } = release
      const before = await client().get(deployment)
      expect(
        await helm.attempt('upgrade', 'k8s-mtp', current.chart, '--namespace', namespace, ...values.mistyped)
      ).toMatchObject({ code: 1, stderr: expect.stringContaining('replicaCont') })
      expect(await client().get(deployment)).toEqual(before)
      expect((await helm.run('status', 'k8s-mtp', '--namespace', namespace)).stdout).toMatch(/STATUS: deployed\nREVISION: 7\n/)
    })

    test('changes nothing if the new image cannot be pulled: the Job before an upgrade needs it too', async () => {
      const { helm, current, runningTags } = release
      const options = ['--namespace', namespace, '--set', 'image.tag=no-such-tag', '--wait', '--timeout', '5s']
      const upgrade = await helm.attempt('upgrade', 'k8s-mtp', current.chart, ...release.values, ...values.later, ...options)
      expect(upgrade.code).toBe(1)
      expect(await fieldOf(deployment, 'status.readyReplicas')).toBe(2)
      expect(await runningTags()).toEqual([current.version, current.version])
      await correctDeletedRole(client(), tenants.acme)
    })

    test('rolls back CRDs, classes and the permissions that they grant', async () => {
      const { rollback, runningTags, previous } = release
      const others = await ofOthers()
      // Helm 3 cannot roll back to a release with objects that it kept.
      await deleteFormerGuardrails()
      await rollback(5)
      expect(await runningTags()).toEqual([previous.version, previous.version])
      expect(await fieldOf(crd, 'spec.versions.0.additionalPrinterColumns')).toEqual(columns)
      if (previous.isSimulated === true) expect(await definedFields()).not.toContain(laterField)
      await eventually(async () => expect(await fieldOf(quotaOfHooli, 'spec.hard.pods')).toBe('30'))
      await allReady()
      expect(await ofOthers()).toEqual(others)
    })

    test('keeps CRDs, Tenants and their namespaces on uninstall, with isolation', async () => {
      const { uninstall, engineWrites } = release
      const [before, since] = [[...await identities(), ...await versions()], Date.now()]
      await uninstall()
      expect(await namesOf('metacontroller.k8s.io/v1alpha1', 'CompositeController')).toEqual([])
      expect([...await clusterRoles(), ...await flowSchemas()]).toEqual([])
      await eventually(async () => expect([...await hookPods(), ...await enginePods()]).toEqual([]))
      expect(await client().find(controllers)).toBeDefined()
      expect(await tryTampering(client(), tenants.acme)).toHaveLength(4)
      expect(await engineWrites(since)).toEqual([])
      expect([...await identities(), ...await versions()]).toEqual(before)
    })

    test('manages existing Tenants again after a new install, without changes', async () => {
      const before = [...await identities(), ...await versions()]
      notes = (await release.install(release.current, ...values.first)).stdout
      await eventually(async () => await leader(), { timeout: 60_000 })
      await correctDeletedRole(client(), 'tenant-tiny-shop')
      await allReady()
      expect([...await identities(), ...await versions()]).toEqual(before)
    })

    test('keeps guardrails of the previous version in force until they are deleted with the command in the notes', async context => {
      if (release.previous.isSimulated !== true) return context.skip()
      expect(await policies()).toContain(formerGuardrail)
      await deleteFormerGuardrails()
      expect(await policies()).not.toContain(formerGuardrail)
    })

    test('switches to TLS, token and client certificate: only Metacontroller can call the hook, and no Tenant changes', async () => {
      const ca = await createSecrets()
      const before = await versions()
      await release.upgrade(release.current, ...values.tls)
      expect(await release.test()).toMatchObject({ code: 0 })
      await client().patch(tenantRef('tiny'), { spec: { quotas: { 'tenant-quota': { pods: '2' } } } })
      await eventually(async () => expect(await fieldOf({ ...quotaOfHooli, namespace: 'tenant-tiny-shop' }, 'spec.hard.pods')).toBe('2'))
      const host = `${hookService.name}.${namespace}.svc`
      expect(await ask(hookService.port, '/sync', { ca, host, body: {} })).toMatchObject({ status: 401 })
      expect(await versions()).toEqual(before)
    })

    test('deletes the guardrails with guardrails.keep false, and keeps the Tenants', async () => {
      const before = await identities()
      await release.upgrade(release.current, ...values.first, '--set', 'guardrails.keep=false')
      await release.uninstall()
      expect(await policies()).toEqual([])
      expect(await identities()).toEqual(before)
    })
  })
}
