import { isDeepStrictEqual } from 'node:util'
import { isNeverDeleted } from '../../src/tenancy/desired/child-kinds.ts'
import { isRecord } from '../cluster/api-error.ts'
import { describe, refOf, type KubeObject, type ObjectRef } from '../cluster/kube-object.ts'
import { rowsOf, type Row } from '../e2e/drift-table.ts'
import { expectedNamespaces, expectedTenantNamespaces, type Model } from './model.ts'
import type { Operation, Outcome, Request } from './operation.ts'
import type { Picks } from './picks.ts'

/** The prefix of labels, annotations and finalizers of other tools. */
export const foreignPrefix = 'soak.example.com/'

/** What break-glass may do: an object may not exist yet, and the API server refuses some values. */
const anyButRefused: readonly Outcome[] = ['admitted', 'invalid', 'missing']

/** Before all expiries, which differ in each run: the choice of an object depends on the seed alone. */
const beforeExpiry = new Date(0)

interface Target { tenant: string, manifest: KubeObject }

function pickObject (model: Model, picks: Picks, withNamespace = true): Target | undefined {
  const tenant = picks.of([...model.tenants.values()])
  if (tenant === undefined) return undefined
  const { manifests = [] } = picks.of(expectedNamespaces(model, tenant, beforeExpiry)) ?? {}
  const kind = picks.of([...new Set(manifests.map(({ kind }) => kind))].filter(kind => withNamespace || kind !== 'Namespace'))
  const manifest = picks.of(manifests.filter(each => each.kind === kind))
  return manifest && { tenant: tenant.metadata.name, manifest }
}

/** Damages a field of an object, or deletes it, by one of the kinds of patch. */
export function tamper (model: Model, picks: Picks, strategy: string): Operation | undefined {
  const target = pickObject(model, picks)
  if (target === undefined) return undefined
  const { manifest } = target
  // Labels of other tools stay: see foreignLabel.
  const row = picks.of(rowsOf(manifest, strategy).filter(({ field }) => !field.includes('team.example')))
  return row && damage(target, row, picks, picks.percent(25) && isRefusedToAdmins(manifest, row))
}

/** Damages a field of a TenantNamespace. Its deletion, and that of its owner, would delete its namespace: those are operations of their own. */
export function tamperNamespace (model: Model, picks: Picks, strategy: string): Operation | undefined {
  const tenant = picks.of([...model.tenants.values()])
  const manifest = tenant && picks.of(expectedTenantNamespaces(tenant))
  if (tenant === undefined || manifest === undefined) return undefined
  const row = picks.of(rowsOf(manifest, strategy).filter(({ field, damage }) => damage !== 'delete' && field !== 'metadata.ownerReferences'))
  return row && damage({ tenant: tenant.metadata.name, manifest }, row, picks, false)
}

function damage ({ tenant, manifest }: Target, row: Row, picks: Picks, byAdmin: boolean): Operation {
  const ref = refOf(manifest)
  const { request, how } = requestFor(ref, row.patch, picks)
  return {
    kind: byAdmin ? 'refused tampering' : row.damage === 'delete' ? 'delete object' : 'tampering',
    text: `${how} ${describe(ref)}${row.field === '' ? '' : `: ${row.damage} ${row.field}`} as ${byAdmin ? 'a cluster admin' : 'break-glass'}`,
    concerns: [`Tenant ${tenant}`, describe(ref)],
    actor: byAdmin ? 'admin' : 'break-glass',
    requests: [request],
    expected: byAdmin ? ['refused', 'invalid', 'missing'] : anyButRefused
  }
}

/**
 * Guardrails compare the content that the API server would store: a removed field may get the same value as a default. Labels and
 * annotations of other tools are allowed.
 */
function isRefusedToAdmins (manifest: KubeObject, { patch, damage }: Row): boolean {
  if (patch === undefined) return true
  return damage !== 'remove' && !('metadata' in patch) && !isDeepStrictEqual(merged(manifest, patch), manifest)
}

/** JSON merge patch, RFC 7396. */
function merged (value: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch
  const result: Record<string, unknown> = isRecord(value) ? { ...value } : {}
  for (const [key, change] of Object.entries(patch)) {
    if (change === null) delete result[key]
    else result[key] = merged(result[key], change)
  }
  return result
}

function requestFor (ref: ObjectRef, patch: object | undefined, picks: Picks): { request: Request, how: string } {
  if (patch === undefined) return { request: { verb: 'delete', ref }, how: 'delete' }
  const isOwnKind = ref.apiVersion.startsWith('k8s-mtp.dev/')
  const type = picks.of(isOwnKind ? ['merge', 'json'] as const : ['merge', 'strategic', 'json'] as const) ?? 'merge'
  return { request: { verb: 'patch', ref, type, patch: type === 'json' ? jsonPatch(patch) : patch }, how: `patch (${type})` }
}

/** The same as a JSON patch. A missing parent, or a missing member to remove, makes it invalid. */
function jsonPatch (patch: object): object[] {
  return operationsIn(patch, '')
}

function operationsIn (value: unknown, path: string): object[] {
  if (isRecord(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, below]) => operationsIn(below, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`))
  }
  return [value === null ? { op: 'remove', path } : { op: 'add', path, value }]
}

/** Adds a label of another tool, which stays. */
export function foreignLabel (model: Model, picks: Picks): Operation | undefined {
  const target = pickObject(model, picks)
  if (target === undefined) return undefined
  const { tenant, manifest } = target
  const ref = refOf(manifest)
  const [key, value] = [`${foreignPrefix}tool-${picks.below(4)}`, `v${picks.below(9)}`]
  return {
    kind: 'foreign label',
    text: `label ${describe(ref)} ${key}=${value}`,
    concerns: [`Tenant ${tenant}`, describe(ref)],
    actor: 'break-glass',
    requests: [{ verb: 'patch', ref, type: 'merge', patch: { metadata: { labels: { [key]: value } } } }],
    expected: anyButRefused,
    ...(ref.kind === 'Namespace' && { effect: { type: 'foreign-label', namespace: ref.name, key, value } as const })
  }
}

/** Adds a finalizer to an object, and deletes it: it stays, terminating, until it is released. */
export function holdObject (model: Model, picks: Picks): Operation | undefined {
  const target = pickObject(model, picks, false)
  if (target === undefined || model.held.length >= 3) return undefined
  const { tenant, manifest } = target
  const ref = refOf(manifest)
  return {
    kind: 'hold object',
    text: `add a finalizer to ${describe(ref)}, and delete it`,
    concerns: [`Tenant ${tenant}`, describe(ref)],
    actor: 'break-glass',
    requests: [
      { verb: 'patch', ref, type: 'merge', patch: { metadata: { finalizers: [`${foreignPrefix}held`] } } },
      { verb: 'delete', ref }
    ],
    expected: anyButRefused,
    change: ({ held }) => { held.push(ref) }
  }
}

/** Removes the finalizer of the object that was held first. */
export function releaseObject (model: Model): Operation | undefined {
  const [ref] = model.held
  if (ref === undefined) return undefined
  return {
    kind: 'release object',
    text: `remove the finalizer of ${describe(ref)}`,
    concerns: [describe(ref)],
    actor: 'break-glass',
    requests: [{ verb: 'patch', ref, type: 'merge', patch: { metadata: { finalizers: null } } }],
    expected: anyButRefused,
    change: ({ held }) => { held.shift() }
  }
}

/** Changes the record of what Metacontroller applied last, which dynamic-apply reads. */
export function breakRecord (model: Model, picks: Picks): Operation | undefined {
  const target = pickObject(model, picks, false)
  if (target === undefined) return undefined
  const ref = refOf(target.manifest)
  // An object that is never deleted stays unreadable until someone follows its message.
  const unreadable = isNeverDeleted(target.manifest) ? [] : ['{', 'null']
  const value = picks.of([...unreadable, '{}', '{"spec":{"hard":{"pods":"1"}}}']) ?? '{}'
  return {
    kind: 'tampering',
    text: `write ${value} as the applied configuration of ${describe(ref)}`,
    concerns: [`Tenant ${target.tenant}`, describe(ref)],
    actor: 'break-glass',
    requests: [{
      verb: 'patch', ref, type: 'merge', patch: { metadata: { annotations: { 'metacontroller.k8s.io/last-applied-configuration': value } } }
    }],
    expected: anyButRefused
  }
}
