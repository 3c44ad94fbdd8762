import { describe, expect, it, test } from 'vitest'
import { countedResource, validateQuotaHard } from '../../src/kubernetes/quota-resources.ts'
import recorded from '../fixtures/quota-hard.json' with { type: 'json' }

/** Accepted by the API server, and refused here: they limit nothing, or another resource. */
const neverCounted = [
  'count/deployments', 'count/events', 'nvidia.com/gpu', 'limits.nvidia.com/gpu',
  'requests.kubernetes.io/foo', 'example.kubernetes.io/foo', 'foo/bar',
  'gold.storageclass.storage.k8s.io/storage', 'storageclass.storage.k8s.io/requests.storage', `${'a'.repeat(246)}.com/gpu`
]
const tooLarge = [
  'pods 9223372036854775807',
  'pods 1E',
  'pods 8Ei',
  'pods 1e19',
  'pods 10E',
  'memory 10E',
  'memory 1e19',
  'memory 10000000000000000000',
  'count/pods 9223372036854775807',
  'count/pods 1E',
  'count/pods 8Ei',
  'count/pods 10E',
  'count/pods 1e19'
]

describe('validateQuotaHard', () => {
  it('refuses all cases that the API server refuses', () => {
    const missed = recorded.cases.filter(({ resource, amount, accepted }) => !accepted && validateQuotaHard(resource, amount) === undefined)
    expect(missed).toEqual([])
  })

  it('accepts all cases that the API server accepts, except names that are never counted and too large numbers', () => {
    const stricter = recorded.cases.filter(({ resource, amount, accepted }) =>
      accepted && validateQuotaHard(resource, amount) !== undefined)
    const names = stricter.filter(({ amount }) => amount === '4').map(({ resource }) => resource)
    const numbers = stricter.filter(({ amount }) => amount !== '4')
      .map(({ resource, amount }) => `${resource} ${amount}`)
    expect(names.sort()).toEqual(neverCounted.sort())
    expect(numbers.sort()).toEqual(tooLarge.sort())
  })

  test.each([
    ['cpu', 'half', '"half" is not a quantity. Write it like 500m, 2 or 1Gi'],
    ['pods', '1.5', 'must be a whole number, but is 1.5'],
    ['gold.storageclass.storage.k8s.io/requests.storage', '500m', 'must be a whole number, but is 500m'],
    ['memory', '-1Gi', 'must not be negative, but is -1Gi'],
    ['memory', '1000E', 'must not exceed 9223372036854775807, but is 1000E'],
    ['storage', '1Gi', 'is not counted by quotas. Write requests.storage'],
    ['serviceaccounts', '5', 'is not counted by that name. Write count/serviceaccounts'],
    [
      'count/deployments',
      '5',
      'never counts anything, since deployments is not in the core group. Add its group, as in count/deployments.apps'
    ],
    ['count/events.events.k8s.io', '5', 'never counts anything, since quotas ignore events. Remove it'],
    ['nvidia.com/gpu', '1', 'is accepted by Kubernetes and never counted. Write requests.nvidia.com/gpu'],
    ['limits.nvidia.com/gpu', '1', 'is accepted by Kubernetes and never counted. Write requests.nvidia.com/gpu'],
    ['a b', '1', 'is not a resource name. Write it like pods, requests.cpu or count/deployments.apps']
  ])('has a message for %s: %s', (resource, amount, message) => {
    expect(validateQuotaHard(resource, amount)).toBe(message)
  })
})

describe('countedResource', () => {
  it.each([
    ['requests.cpu', ['cpu', 'requests.cpu']],
    ['requests.ephemeral-storage', ['ephemeral-storage', 'requests.ephemeral-storage']],
    ['requests.hugepages-2Mi', ['hugepages-2Mi', 'requests.hugepages-2Mi']],
    ['secrets', ['secrets', 'count/secrets']],
    ['persistentvolumeclaims', ['persistentvolumeclaims', 'count/persistentvolumeclaims']],
    ['resourcequotas', ['resourcequotas', 'count/resourcequotas']]
  ])('is %s for all spellings of it', (counted, spellings) => {
    for (const spelling of spellings) expect(countedResource(spelling)).toBe(counted)
  })

  it.each([
    'pods', 'count/pods', 'limits.cpu', 'count/endpoints', 'count/jobs.batch', 'requests.storage', 'requests.nvidia.com/gpu',
    'services.nodeports', 'gold.storageclass.storage.k8s.io/requests.storage'
  ])('is %s itself, which counts something else than any other', name => {
    expect(countedResource(name)).toBe(name)
  })
})
