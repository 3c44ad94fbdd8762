import { describe, expect, it } from 'vitest'
import { compositeControllers, hookService } from '../../src/check/composite-controllers.ts'
import { installedDefaults } from '../../src/check/installed-defaults.ts'
import { installedDefinitions } from '../../src/check/installed-definitions.ts'
import { earlierGuardrails, guardrailBindings, guardrailPolicies } from '../../src/check/installed-guardrails.ts'
import { readParties } from '../../src/check/parties.ts'
import { customResourceDefinitions } from '../../src/crd/custom-resource-definitions.ts'
import { allDefaults } from '../../src/defaults/all-defaults.ts'
import { mutatingManifests } from '../../src/defaults/mutating-policy.ts'
import { defaultParties, type Parties } from '../../src/guardrails/guardrail.ts'
import type { ObservedObject } from '../../src/kubernetes/object.ts'
import { readManifests } from '../cluster/manifests.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { object, stored } from './objects.ts'

const others: Parties = {
  engine: 'system:serviceaccount:platform:engine',
  breakGlass: ["o'neill", 'a\\b', 'sre (night)'],
  podSecurity: ['baseline'],
  platformNamespaces: ['k8s-mtp-system', 'gitops']
}

describe('readParties', () => {
  it.each([['the default', defaultParties], ['other', others]])('finds %s parties', (_, parties) => {
    expect(readParties(stored(parties).policies)).toEqual(parties)
  })

  it('has the default without guardrails', () => {
    expect(readParties([])).toEqual(defaultParties)
  })

  it('follows most policies, where one names others', () => {
    const mixed = [...stored(others).policies.filter(({ metadata }) => metadata.name !== 'k8s-mtp-workloads-pods'), ...stored(defaultParties).policies.filter(({ metadata }) => metadata.name === 'k8s-mtp-workloads-pods')]
    expect(readParties(mixed)).toEqual(others)
    expect(guardrailPolicies(mixed, others)).toMatchObject({ state: 'failed', message: '1 of 35 policies changed: k8s-mtp-workloads-pods in spec.matchConditions' })
  })
})

describe('guardrails', () => {
  const { policies, bindings } = stored(others)

  it('accepts those of this version, with what the API server and the chart add', () => {
    const labelled = policies.map(policy => ({ ...policy, metadata: { ...policy.metadata, labels: { ...policy.metadata.labels, 'helm.sh/chart': 'k8s-mtp' } } }))
    expect(guardrailPolicies(labelled, others)).toEqual({ state: 'ok', message: '35 policies of this version' })
    expect(guardrailBindings(bindings, others)).toEqual({ state: 'ok', message: '46 bindings of this version' })
  })

  it('names missing ones, and the command for the same parties', () => {
    expect(guardrailPolicies([], others)).toEqual({
      state: 'failed',
      message: '35 of 35 policies missing: k8s-mtp-tenant-objects, k8s-mtp-tenant-namespaces, k8s-mtp-tenant-namespace-objects and 32 more',
      remedy: expect.stringContaining("k8s-mtp guardrails --engine-service-account platform/engine --break-glass 'o'\\''neill' 'a\\b' 'sre (night)' --pod-security baseline --platform-namespace k8s-mtp-system gitops | kubectl apply --server-side --force-conflicts -f -.") as string
    })
    expect(guardrailBindings(bindings.slice(1), others)).toMatchObject({ state: 'failed', message: '1 of 46 bindings missing: k8s-mtp-tenant-objects' })
  })

  it('names the version of changed ones, where the chart wrote it', () => {
    const old = policies.map(policy => policy.metadata.name === 'k8s-mtp-engine'
      ? object(policy.kind, policy.metadata.name, { spec: { ...policy['spec'] as object, variables: [] } }, { labels: { 'app.kubernetes.io/version': '0.0.9' } })
      : policy)
    expect(guardrailPolicies(old, others)).toMatchObject({
      state: 'failed',
      message: '1 of 35 policies changed: k8s-mtp-engine (of version 0.0.9) in spec.variables',
      remedy: expect.stringContaining('Or check with k8s-mtp 0.0.9, if that version is meant.') as string
    })
  })

  it('finds a wider selector: what the API server adds is not left out elsewhere', () => {
    const wider = policies.map(policy => {
      const copy = structuredClone(policy) as ObservedObject & { spec: { matchConstraints: { namespaceSelector?: object } } }
      if (copy.metadata.name === 'k8s-mtp-workloads-pods') copy.spec.matchConstraints.namespaceSelector = {}
      return copy
    })
    expect(guardrailPolicies(wider, others)).toMatchObject({ state: 'failed', message: '1 of 35 policies changed: k8s-mtp-workloads-pods in spec.matchConstraints' })
  })

  it('warns of those of another version, by their labels', () => {
    const labels = { 'app.kubernetes.io/name': 'k8s-mtp', 'app.kubernetes.io/component': 'guardrail' }
    expect(earlierGuardrails(policies, bindings)).toMatchObject({ state: 'ok' })
    expect(earlierGuardrails([...policies, object('', 'k8s-mtp-own')], [...bindings, object('', 'k8s-mtp-old-create', {}, { labels })])).toEqual({
      state: 'warning',
      message: 'guardrails of another version are in force: k8s-mtp-old-create',
      remedy: 'Delete them, after the upgrade: kubectl delete validatingadmissionpolicybindings k8s-mtp-old-create'
    })
  })
})

describe('pod-defaults', () => {
  const all = allDefaults(others).flatMap(mutatingManifests) as ObservedObject[]
  const [policies, bindings] = ['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'].map(kind => all.filter(object => object.kind === kind)) as [ObservedObject[], ObservedObject[]]
  const changed = policies.map((policy, index) => index === 0 ? { ...policy, spec: { ...policy['spec'] as object, mutations: [] } } : policy)
  const left = object('', 'k8s-mtp-old', {}, { labels: { 'app.kubernetes.io/name': 'k8s-mtp', 'app.kubernetes.io/component': 'defaults' } })

  it.each<[string, ObservedObject[], ObservedObject[], string, string]>([
    ['all', policies, bindings, 'ok', '3 policies of this version, with their bindings'],
    ['none', [], [], 'warning', 'not installed: pods must set what Pod Security requires'],
    ['some', policies.slice(1), bindings, 'warning', 'policies of defaults missing: k8s-mtp-default-token'],
    ['no bindings', policies, [], 'warning', 'policies of defaults missing: k8s-mtp-default-token, k8s-mtp-narrowed-rules, k8s-mtp-pod-defaults'],
    ['changed ones', changed, bindings, 'failed', 'policies of defaults changed: k8s-mtp-default-token in spec.mutations'],
    ['earlier ones', [...policies, left], bindings, 'warning', 'policies of another version are in force: k8s-mtp-old']
  ])('%s', (_, installed, bound, state, message) => {
    expect(installedDefaults(installed, bound, others)).toMatchObject({ state, message })
  })

  it('names the break-glass groups in the command', () => {
    expect(installedDefaults(changed, bindings, others).remedy).toContain("k8s-mtp defaults --break-glass 'o'\\''neill'")
  })
})

describe('crds', () => {
  const established = { conditions: [{ type: 'NamesAccepted', status: 'True' }, { type: 'Established', status: 'True' }] }
  const crds = (change: (crd: { spec: { versions: Array<Record<string, unknown>> } }) => void = () => {}) => Object.values(customResourceDefinitions).map(definition => {
    const copy = structuredClone({ ...definition, status: established }) as unknown as ObservedObject & { spec: { versions: Array<Record<string, unknown>>, conversion: object } }
    copy.spec.conversion = { strategy: 'None' }
    if (copy.metadata.name === 'tenants.k8s-mtp.dev') change(copy)
    return copy
  })

  it('accepts those of this version', () => {
    expect(installedDefinitions(crds())).toEqual({ state: 'ok', message: '4 CustomResourceDefinitions of this version' })
  })

  it.each<[string, ObservedObject[], string, string]>([
    ['one is missing', crds().slice(1), 'failed', '1 of 4 CustomResourceDefinitions are missing or not served: tenants.k8s-mtp.dev'],
    ['one is not served', crds(crd => { Object.assign(crd, { status: {} }) }), 'failed', '1 of 4 CustomResourceDefinitions are missing or not served: tenants.k8s-mtp.dev'],
    ['another schema', crds(({ spec: { versions: [version] } }) => { if (version) version['schema'] = {} }), 'failed', 'CustomResourceDefinitions differ from this version: tenants.k8s-mtp.dev in schema'],
    ['without a version', crds(({ spec }) => { spec.versions = [] }), 'failed', 'CustomResourceDefinitions differ from this version: tenants.k8s-mtp.dev in versions'],
    ['other columns', crds(({ spec: { versions: [version] } }) => { if (version) version['additionalPrinterColumns'] = [] }), 'warning', 'columns of CustomResourceDefinitions differ from this version: tenants.k8s-mtp.dev in additionalPrinterColumns']
  ])('%s', (_, observed, state, message) => {
    expect(installedDefinitions(observed)).toMatchObject({ state, message, remedy: expect.stringContaining('kubectl apply --server-side -f crds/') as string })
  })
})

describe('composite-controllers', () => {
  const shipped = readManifests(repositoryPath('metacontroller/composite-controller.yaml')) as ObservedObject[]
  interface Controller { spec: { generateSelector: boolean, parentResource: Record<string, unknown>, childResources: Array<{ resource: string, updateStrategy?: object }>, hooks: { sync?: { version?: string } } } }
  const changed = (change: (spec: Controller['spec']) => void) => shipped.map((controller, index) => {
    const copy = structuredClone(controller) as ObservedObject & Controller
    if (index === 0) change(copy.spec)
    return copy
  })

  it('accepts those in metacontroller/', () => {
    expect(compositeControllers([...shipped, object('CompositeController', 'of-others')])).toEqual({ state: 'ok', message: '2 CompositeControllers of this version call http://k8s-mtp.k8s-mtp-system.svc:8080' })
  })

  it.each<[string, ObservedObject[] | undefined, string]>([
    ['without Metacontroller', undefined, 'the CustomResourceDefinitions of Metacontroller are not installed'],
    ['without both', [], 'k8s-mtp is missing, k8s-mtp-namespaces is missing'],
    ['another parent', changed(spec => { spec.parentResource['resource'] = 'others' }), 'k8s-mtp has another parent than tenants'],
    ['status changes', changed(spec => { delete spec.parentResource['ignoreStatusChanges'] }), 'k8s-mtp lacks ignoreStatusChanges'],
    ['no generated selector', changed(spec => { spec.generateSelector = false }), 'k8s-mtp lacks generateSelector: labels of a Tenant could claim objects'],
    ['a missing child', changed(spec => { spec.childResources.pop() }), 'k8s-mtp lacks the child k8s-mtp.dev/v1/tenantnamespaces'],
    ['another child', changed(spec => { spec.childResources.push({ resource: 'secrets' }) }), 'k8s-mtp has another child /secrets'],
    ['no update strategy', changed(spec => { delete spec.childResources[0]?.updateStrategy }), 'k8s-mtp does not update v1/namespaces InPlace'],
    ['no hook', changed(spec => { delete spec.hooks.sync }), 'k8s-mtp lacks the hook sync in version v2'],
    ['the first version of the hook', changed(spec => { delete spec.hooks.sync?.version }), 'k8s-mtp lacks the hook sync in version v2']
  ])('fails: %s', (_, observed, message) => {
    expect(compositeControllers(observed)).toMatchObject({ state: 'failed', message, remedy: expect.any(String) as string })
  })

  it.each([
    ['http://k8s-mtp.k8s-mtp-system.svc:8080/sync', { name: 'k8s-mtp', namespace: 'k8s-mtp-system' }],
    ['https://hook.other.svc.cluster.local/sync', { name: 'hook', namespace: 'other' }],
    ['https://hook.example.com/sync', undefined],
    ['http://192.0.2.1:8080/sync', undefined],
    ['not a URL', undefined]
  ])('finds the Service of %s', (url, service) => {
    expect(hookService([object('CompositeController', 'k8s-mtp', { spec: { hooks: { sync: { webhook: { url } } } } })])).toEqual(service)
  })
})
