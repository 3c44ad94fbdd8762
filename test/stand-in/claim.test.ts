import { describe, expect, test } from 'vitest'
import { claim } from './claim.ts'
import { owner, role, selected, tenant } from './samples.ts'

const selector = { matchLabels: selected }
const terminating = { deletionTimestamp: '2026-01-01T00:00:00Z' }
const owned = { ownerReferences: [owner] }
const ownedByAnother = { ownerReferences: [{ ...owner, uid: 'uid-of-another' }] }

describe('an object of a child kind', () => {
  test.each([
    {
      title: 'is kept where the parent controls it and its label matches',
      metadata: { ...owned, labels: selected },
      becomes: 'kept'
    },
    {
      title: 'is released where the parent controls it and its label does not match',
      metadata: owned,
      becomes: 'release'
    },
    {
      title: 'is adopted where it has no controller and its label matches',
      metadata: { labels: selected },
      becomes: 'adopt'
    },
    { title: 'is ignored where it has no controller and its label does not match', metadata: {}, becomes: undefined },
    {
      title: 'is ignored where another parent controls it',
      metadata: { ...ownedByAnother, labels: selected },
      becomes: undefined
    },
    { title: 'is not adopted while it terminates', metadata: { ...terminating, labels: selected }, becomes: undefined },
    { title: 'is kept while it terminates', metadata: { ...owned, ...terminating, labels: selected }, becomes: 'kept' },
    {
      title: 'is adopted where the parent owns it without being its controller',
      metadata: { ownerReferences: [{ ...owner, controller: false }], labels: selected },
      becomes: 'adopt'
    },
    {
      title: 'is kept while the parent terminates',
      parent: terminating,
      metadata: { ...owned, labels: selected },
      becomes: 'kept'
    },
    { title: 'is not released while the parent terminates', parent: terminating, metadata: owned, becomes: undefined },
    {
      title: 'is not adopted while the parent terminates',
      parent: terminating,
      metadata: { labels: selected },
      becomes: undefined
    }
  ])('$title', ({ parent = {}, metadata, becomes }) => {
    const claimed = claim({ ...tenant, metadata: { ...tenant.metadata, ...parent } }, selector, [role(metadata)])
    expect(Object.entries(claimed).filter(([, objects]) => objects.length > 0)
      .map(([key]) => key)).toEqual(becomes === undefined ? [] : [becomes])
  })
})
