import { expect, it } from 'vitest'
import { componentVersions } from '../../src/check/component-versions.ts'
import { customResourceDefinitions } from '../../src/crd/custom-resource-definitions.ts'
import { defaultParties } from '../../src/guardrails/guardrail.ts'
import type { ObservedObject } from '../../src/kubernetes/object.ts'
import { packageVersion } from '../../src/version.ts'
import { object, stored, workload } from './objects.ts'

const established = { conditions: [{ type: 'Established', status: 'True' }] }
const definitions = Object.values(customResourceDefinitions).map(manifest => ({ ...structuredClone(manifest), status: established }) as unknown as ObservedObject)
const pod = (image: string) => object('Pod', 'hook', { spec: { containers: [{ image: 'proxy:1' }, { image }] } })
const nothing = { kubernetes: 'v1.37.2', definitions: [], policies: [], parties: defaultParties, hookPods: [], metacontroller: undefined }
const chart = (version: string, ...objects: ObservedObject[]) =>
  objects.map(each => ({ ...each, metadata: { ...each.metadata, labels: { 'app.kubernetes.io/version': version } }, spec: {} }))

it('says none for what is not installed', () => {
  expect(componentVersions(nothing)).toEqual({ kubernetes: '1.37.2', crds: 'none', guardrails: 'none', hook: 'none', metacontroller: 'none' })
})

it('knows objects of this version by their content, and others by their label', () => {
  const { policies } = stored(defaultParties)
  expect(componentVersions({ ...nothing, definitions, policies })).toMatchObject({ crds: packageVersion, guardrails: packageVersion })
  expect(componentVersions({ ...nothing, definitions: chart('0.0.9', ...definitions), policies: policies.map(each => ({ ...each, spec: {} })) }))
    .toMatchObject({ crds: '0.0.9', guardrails: 'unknown' })
})

it('reads the versions of hook and Metacontroller from their images', () => {
  const hookPods = [pod('ghcr.io/k8s-mtp/k8s-mtp:0.2.0@sha256:1'), pod('ghcr.io/k8s-mtp/k8s-mtp:v0.1.0'), pod('ghcr.io/k8s-mtp/k8s-mtp@sha256:1')]
  expect(componentVersions({ ...nothing, hookPods, metacontroller: workload() })).toMatchObject({ hook: '0.1.0, 0.2.0, unknown', metacontroller: '4.17.2' })
})
