import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { createApp } from '../../src/server/app.ts'
import { createMetrics } from '../../src/server/metrics.ts'
import { defaultClass, tenant } from '../support/objects.ts'
import { now, settled, syncRequest } from '../support/requests.ts'

function app (bodyLimit = 4 * 1024 * 1024) {
  const lines: string[] = []
  const logger = pino({ level: 'info' }, { write: (line: string) => { lines.push(line) } })
  const created = createApp({ version: '1.2.3', metrics: createMetrics('1.2.3'), logger, bodyLimit, now: () => now })
  const post = async (url: string, payload: unknown, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    await (await created).inject({ method: 'POST', url, headers, payload: typeof payload === 'string' ? payload : JSON.stringify(payload) })
  const get = async (url: string) => await (await created).inject({ url })
  return { post, get, lines, created }
}

const request = () =>
  syncRequest(
    settled({ tenant: tenant({ admins: [{ kind: 'User', name: 'ada@acme.example' }] }), classes: [defaultClass()] })
      .world
  )

describe('POST /sync', () => {
  it('responds with status and children, with all fields of each child', async () => {
    const response = await app().post('/sync', request())
    expect(response.statusCode).toBe(200)
    const { children, status } = response.json<{ children: Array<{ kind: string, rules?: unknown[] }>, status: { phase: string } }>()
    expect(Object.keys(response.json())).toEqual(['status', 'children'])
    expect(status.phase).toBe('Active')
    expect(children.filter(({ kind }) => kind === 'Role').every(({ rules }) => Array.isArray(rules) && rules.length > 3)).toBe(true)
  })

  it('counts corrected drift by kind, and reports the version in the status', async () => {
    const { post, get } = app()
    const first = await post('/sync', request())
    const { status } = first.json<{ status: { version: string } }>()
    expect(status.version).toBe('1.2.3')
    const damaged = request()
    const { 'tenant-acme-shop/tenant-quota': _, ...quotas } = damaged.children['ResourceQuota.v1'] ?? {}
    damaged.children['ResourceQuota.v1'] = quotas
    await post('/sync', { ...damaged, parent: { ...damaged.parent, status } })
    expect((await get('/metrics')).body).toContain('k8s_mtp_drift_corrected_total{kind="ResourceQuota"} 1')
  })

  const refused: Array<[string, unknown, number, RegExp]> = [
    ['invalid JSON', '{', 400, /JSON/],
    ['an empty body', '', 400, /body/i],
    ['a list', [], 400, /body/],
    ['no parent', { children: {} }, 400, /body\/parent/],
    ['a parent of another kind', { ...request(), parent: { ...request().parent, kind: 'Pod' } }, 400, /kind/],
    [
      'a parent without uid',
      { ...request(), parent: { ...request().parent, metadata: { name: 'x', generation: 1 } } },
      400,
      /uid/
    ],
    [
      'a generation as text',
      { ...request(), parent: { ...request().parent, metadata: { ...request().parent.metadata, generation: '1' } } },
      400,
      /generation/
    ],
    ['no children', { parent: request().parent }, 400, /children/],
    [
      'children that are not objects',
      { ...request(), children: { 'Role.rbac.authorization.k8s.io/v1': { x: 3 } } },
      400,
      /children/
    ],
    [
      'a child without a name',
      {
        ...request(),
        children: { 'Role.rbac.authorization.k8s.io/v1': { x: { apiVersion: 'v1', kind: 'Role', metadata: {} } } }
      },
      400,
      /name/
    ],
    ['a key that could pollute prototypes', '{"parent":{"__proto__":{"x":1}},"children":{}}', 400, /body\/parent/]
  ]
  it.each(refused)('refuses %s', async (_, payload, status, message) => {
    const response = await app().post('/sync', payload)
    expect(response.statusCode).toBe(status)
    expect(response.json<{ message: string }>().message).toMatch(message)
  })

  it.each(['{"__proto__":"1"}', '{"constructor":{"prototype":"1"}}'])(
    'a class with the key %s is invalid for its own Tenants only',
    async limits => {
      const class_ = JSON.stringify({
        ...defaultClass(spec => {
          spec.limits = [{ type: 'Container' }]
        }),
        metadata: { name: 'odd' }
      }).replace('{"type":"Container"}', `{"type":"Container","max":${limits}}`)
      const withClass = (className: string) =>
        JSON.stringify(syncRequest({ tenant: tenant({ className }), classes: [defaultClass()] })).replace(
          '"TenantClass.k8s-mtp.dev/v1":{',
          `"TenantClass.k8s-mtp.dev/v1":{"odd":${class_},`
        )
      const reasons = await Promise.all(
        ['default', 'odd'].map(async name => {
          const response = await app().post('/sync', withClass(name))
          return response.json<{ status: { conditions: Array<{ reason: string }> } }>().status.conditions[0]?.reason
        })
      )
      expect(reasons).toEqual(['NamespacePending', 'ClassInvalid'])
    }
  )

  it('refuses a body larger than the limit', async () => {
    const response = await app(1024).post('/sync', request())
    expect(response.statusCode).toBe(413)
  })

  const metadata = { name: 'x', uid: 'u', generation: 1 }
  const manyErrors = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, 1]))

  it.each<[string, unknown]>([
    ['children', { ...request(), children: manyErrors }],
    ['children of one kind', { ...request(), children: { 'Role.rbac.authorization.k8s.io/v1': manyErrors } }],
    ['related objects', { ...request(), related: manyErrors }],
    ['labels', { ...request(), parent: { ...request().parent, metadata: { ...metadata, labels: manyErrors } } }],
    ['managed fields', { ...request(), parent: { ...request().parent, metadata: { ...metadata, managedFields: Object.values(manyErrors) } } }]
  ])('names at most twenty of many errors: %s', async (_, payload) => {
    const response = await app().post('/sync', payload)
    const { message } = response.json<{ message: string }>()
    expect(response.statusCode).toBe(400)
    expect(message.split(', body').length).toBeGreaterThan(0)
    expect(message.split(', body').length).toBeLessThanOrEqual(20)
  })

  it('does not return a key of the size of the request', async () => {
    const response = await app().post('/sync', { ...request(), children: { ['k'.repeat(1_000_000)]: { a: 1, b: 2, c: 3 } } })
    expect(response.statusCode).toBe(400)
    expect(response.body.length).toBeLessThan(3_000)
  })

  it('refuses a content type other than JSON', async () => {
    const response = await app().post('/sync', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' })
    expect(response.statusCode).toBe(415)
  })

  it('accepts a tenant with fifty times the usual objects', async () => {
    const { children, ...rest } = request()
    const many = Object.fromEntries(
      Object.entries(children).map(([kind, objects]) => [
        kind,
        Object.fromEntries(
          Array.from({ length: 50 }, (_, index) =>
            Object.entries(objects).map(([key, object]) => [
              `${index}/${key}`,
              { ...object, metadata: { ...object.metadata, name: `${object.metadata.name}-${index}` } }
            ])
          ).flat()
        )
      ])
    )
    const response = await app().post('/sync', { ...rest, children: many })
    expect(response.statusCode).toBe(200)
    expect(response.json<{ children: unknown[] }>().children.length).toBeGreaterThanOrEqual(50 * 15)
  })
})

describe('the log', () => {
  it('has one line per request, with its id and tenant and without its body', async () => {
    const { post, lines } = app()
    await post('/sync', request())
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      reqId: 'req-1',
      tenant: 'acme',
      generation: 1,
      result: 'declared',
      children: 15,
      statusCode: 200,
      msg: 'sync'
    })
    expect(lines[0]).not.toContain('ada@acme.example')
  })

  it('has the reason why a Tenant is on hold', async () => {
    const { post, lines } = app()
    await post('/sync', { ...request(), related: {} })
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ result: 'on_hold', reason: 'EngineMisconfigured' })
  })

  it('has no errors for requests that callers get wrong', async () => {
    const { post, lines } = app(200_000)
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
    const wrong: Array<[unknown, string?]> = [
      ['{'], [''], [[]], [{}], ['a=b', 'text/plain'], ['x'.repeat(200_001)], [{ ...request(), children: { a: 1 } }],
      [JSON.stringify(request()).replace('"spec":{', `"spec":{"deep":${deep},`)]
    ]
    for (const [payload, type = 'application/json'] of wrong) {
      const { statusCode } = await post('/sync', payload, { 'content-type': type })
      expect(statusCode).toBeGreaterThanOrEqual(payload === wrong.at(-1)?.[0] ? 200 : 400)
      expect(statusCode).toBeLessThan(500)
    }
    // 40 is warn.
    expect(lines.map(line => (JSON.parse(line) as { level: number }).level).filter(level => level > 40)).toEqual([])
  })

  it('warns of a request that is nested too deeply', async () => {
    const { created, lines, post } = app()
    const instance = await created
    instance.post('/deep', async () => { throw new RangeError('Maximum call stack size exceeded') })
    const response = await post('/deep', {})
    expect(response.json()).toMatchObject({ statusCode: 400, error: 'TOO_DEEP' })
    expect(lines.map(line => (JSON.parse(line) as { level: number }).level)).toEqual([40])
  })

  it('has the internal error that the response hides', async () => {
    const { created, lines } = app()
    const instance = await created
    instance.get('/fails', async () => { throw new Error('secret detail') })
    const response = await instance.inject({ url: '/fails' })
    expect(response.statusCode).toBe(500)
    expect(response.body).not.toContain('secret detail')
    expect(response.json<{ message: string }>().message).toContain('req-1')
    expect(lines.join('')).toContain('secret detail')
  })
})

describe('probes and metrics', () => {
  it.each(['/healthz', '/readyz'])('%s responds ok', async url => {
    expect((await app().get(url)).body).toBe('ok\n')
  })

  it('/metrics counts requests by hook and result', async () => {
    const { post, get } = app()
    await post('/sync', request())
    await post('/sync', { ...request(), related: {} })
    await post('/sync', {})
    await post('/customize', { parent: request().parent })
    const { body } = await get('/metrics')
    expect(body).toContain('k8s_mtp_sync_requests_total{hook="sync",result="declared"} 1')
    expect(body).toContain('k8s_mtp_sync_requests_total{hook="sync",result="on_hold"} 1')
    expect(body).toContain('k8s_mtp_sync_requests_total{hook="sync",result="refused"} 1')
    expect(body).toContain('k8s_mtp_sync_requests_total{hook="customize",result="responded"} 1')
    expect(body).toContain('k8s_mtp_on_hold_total{reason="EngineMisconfigured"} 1')
    expect(body).toMatch(/k8s_mtp_build_info\{version="1.2.3",node="v/)
  })

  it('/openapi.json describes the routes', async () => {
    const { paths } = (await app().get('/openapi.json')).json<{ paths: Record<string, unknown> }>()
    expect(Object.keys(paths)).toEqual(['/sync', '/customize', '/healthz', '/readyz', '/metrics'])
  })
})
