import { describe, expect, test } from 'vitest'
import { claim } from './claim.ts'
import { owner, role, selected, tenant } from './samples.ts'

const selector = { matchLabels: selected }
const going = { deletionTimestamp: '2026-01-01T00:00:00Z' }
const ours = { ownerReferences: [owner] }
const theirs = { ownerReferences: [{ ...owner, uid: 'uid-of-another' }] }

describe('of the objects of a child kind', () => {
  test.each([
    { title: 'ours with the label is kept', metadata: { ...ours, labels: selected }, becomes: 'kept' },
    { title: 'ours without the label is released', metadata: ours, becomes: 'release' },
    { title: 'nobody\'s with the label is adopted', metadata: { labels: selected }, becomes: 'adopt' },
    { title: 'nobody\'s without the label is left', metadata: {}, becomes: undefined },
    { title: 'another\'s with the label is left', metadata: { ...theirs, labels: selected }, becomes: undefined },
    { title: 'nobody\'s that is being deleted is left', metadata: { ...going, labels: selected }, becomes: undefined },
    { title: 'ours that is being deleted is kept', metadata: { ...ours, ...going, labels: selected }, becomes: 'kept' },
    { title: 'one that we own without being its controller is adopted', metadata: { ownerReferences: [{ ...owner, controller: false }], labels: selected }, becomes: 'adopt' },
    { title: 'ours is kept while the parent is being deleted', parent: going, metadata: { ...ours, labels: selected }, becomes: 'kept' },
    { title: 'nothing is released while the parent is being deleted', parent: going, metadata: ours, becomes: undefined },
    { title: 'nothing is adopted while the parent is being deleted', parent: going, metadata: { labels: selected }, becomes: undefined }
  ])('$title', ({ parent = {}, metadata, becomes }) => {
    const claimed = claim({ ...tenant, metadata: { ...tenant.metadata, ...parent } }, selector, [role(metadata)])
    expect(Object.entries(claimed).filter(([, objects]) => objects.length > 0).map(([key]) => key)).toEqual(becomes === undefined ? [] : [becomes])
  })
})
