import { describe, expect, test } from 'vitest'
import { dynamicApply } from './dynamic-apply.ts'
import { lastAppliedAnnotation } from './last-applied.ts'
import { owner, role, roles, tenant } from './samples.ts'

const read = { verbs: ['get'] }
const all = { verbs: ['*'] }
const applied = (rules: unknown[], annotations = {}) => ({
  annotations: {
    ...annotations,
    [lastAppliedAnnotation]: '{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role",' +
      `"metadata":{"name":"admin","namespace":"shop"},"rules":${JSON.stringify(rules)}}`
  }
})
const child = { resource: roles, parent: tenant, method: 'InPlace' as const }

describe('dynamic-apply', () => {
  test('creates with the annotation and the ownerReference, and ignores AlreadyExists', () => {
    const [create, ...others] = dynamicApply({ ...child, observed: undefined, desired: role({}, [read]) })
    expect(others).toEqual([])
    expect(create).toMatchObject({ verb: 'create', namespace: 'shop', name: 'admin', ignored: ['AlreadyExists'] })
    expect(create?.body).toEqual(role({ ...applied([read]), ownerReferences: [owner] }, [read]))
  })

  test('writes nothing without a difference', () => {
    expect(dynamicApply({
      ...child,
      observed: role({ ...applied([read]), uid: 'u' }, [read]),
      desired: role({}, [read])
    })).toEqual([])
  })

  test('updates the observed object, and keeps its resourceVersion and status', () => {
    const observed = {
      ...role({ ...applied([read], { theirs: 'x' }), uid: 'u', resourceVersion: '7', generation: 3 }, [read, all]),
      status: { a: 1 }
    }
    const desired = { ...role({ resourceVersion: '1', labels: { by: 'us' } }, [read]), status: { a: 2 } }
    const [update] = dynamicApply({ ...child, observed, desired })
    expect(update).toMatchObject({
      verb: 'update',
      ignored: ['NotFound', 'Conflict'],
      body: {
        metadata: { uid: 'u', resourceVersion: '7', generation: 3, labels: { by: 'us' }, annotations: { theirs: 'x' } },
        rules: [read],
        status: { a: 1 }
      }
    })
  })

  test.each([
    { title: 'without an update strategy', metadata: {}, method: 'OnDelete' as const },
    {
      title: 'while the child terminates',
      metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' },
      method: 'InPlace' as const
    }
  ])('corrects nothing $title', ({ metadata, method }) => {
    const observed = role({ ...applied([read]), ...metadata }, [all])
    expect(dynamicApply({ ...child, method, observed, desired: role({}, [read]) })).toEqual([])
  })

  test.each(['{broken', '[]', '"text"'])('fails where the annotation is %s', text => {
    const observed = role({ annotations: { [lastAppliedAnnotation]: text } }, [all])
    expect(() => dynamicApply({ ...child, observed, desired: role({}, [read]) })).toThrow('is not a JSON object')
  })

  test.each(['', 'null'])('treats the annotation "%s" as absent', text => {
    const observed = role({ annotations: { [lastAppliedAnnotation]: text } }, [all])
    expect(dynamicApply({ ...child, observed, desired: role({}, [read]) })).toMatchObject([{ body: { rules: [read] } }])
  })

  test('writes the annotation as Go does: with sorted keys, and escaped for HTML', () => {
    const [create] = dynamicApply({ ...child, observed: undefined, desired: role({ labels: { z: '<&>', a: '1' } }) })
    expect(create?.body).toHaveProperty([
      'metadata',
      'annotations',
      lastAppliedAnnotation
    ], expect.stringContaining('{"a":"1","z":"\\u003c\\u0026\\u003e"}'))
  })
})
