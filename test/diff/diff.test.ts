import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import type { TenantSpec } from '../../src/api/tenant.ts'
import type { TenantClass } from '../../src/api/tenant-class.ts'
import { diff } from '../../src/diff/diff.ts'
import { parseMaxQuotaIncrease, type MaxQuotaIncrease } from '../../src/diff/max-quota-increase.ts'
import { DiffReport } from '../../src/diff/report.ts'
import { reportText } from '../../src/diff/text/report-text.ts'
import { defaultClass, tenant } from '../support/objects.ts'
import { now } from '../support/requests.ts'
import { classIn, compared, namespaceIn, side, tenantIn } from './sides.ts'

type Change = (spec: TenantClass['spec']) => void
const ada = { kind: 'User' as const, name: 'ada@acme.example' }
const textOf = (report: DiffReport) => [...reportText(report)].map(({ text }) => text).join('\n')
const ofTenant = (before: Partial<TenantSpec>, after: Partial<TenantSpec>) => compared(side([tenant(before)]), side([tenant(after)]))
const ofClass = (before: Change, after: Change) => compared(side([tenant()], [defaultClass(before)]), side([tenant()], [defaultClass(after)]))
const parsed = (...texts: string[]): MaxQuotaIncrease => {
  const max = parseMaxQuotaIncrease(texts)
  return 'invalid' in max ? expect.unreachable(max.invalid) : max
}
const none: Change = () => {}

describe('namespaces', () => {
  it('of a new Tenant are created', () => {
    const report = compared(side([]), side([tenant({ namespaces: [{ name: 'dev' }] })]))
    expect(report.summary.namespaces).toMatchObject({ created: 2, deleted: 0 })
    expect(report.result).toBe('changed')
    expect(tenantIn(report)).toMatchObject({ change: 'added', namespaces: [{ name: 'tenant-acme-shop' }, { name: 'tenant-acme-dev', change: 'created' }] })
  })

  it('that exist are adopted', () => {
    const report = ofTenant({}, { namespaces: [{ existing: 'legacy' }] })
    expect(namespaceIn(report, 'legacy').change).toBe('adopted')
    expect(textOf(report)).toContain('Namespace legacy exists, and waits for k8s-mtp adopt, class default')
  })

  it('that are no longer listed are kept, and only subjects that the Tenant lists nowhere lose access', () => {
    const eve = { kind: 'User' as const, name: 'eve' }
    const report = ofTenant({ admins: [ada], namespaces: [{ name: 'dev', admins: [ada, eve], viewers: [ada] }] }, { admins: [ada] })
    const change = namespaceIn(report, 'tenant-acme-dev')
    expect(change.change).toBe('unlisted')
    expect(change.access.map(({ subjects, roles }) => [subjects, roles])).toEqual([
      [['User ada@acme.example'], { before: ['admin', 'viewer'], after: ['admin'] }],
      [['User eve'], { before: ['admin'], after: [] }]
    ])
    expect(report.result).toBe('changed')
    expect(textOf(report)).toContain('unlisted: it is kept with its data')
  })

  it('of a removed Tenant are deleted with their data, which is dangerous', () => {
    const report = compared(side([tenant({ admins: [ada], namespaces: [{ name: 'dev' }, { existing: 'legacy' }, { existing: 'old', deletionPolicy: 'Delete' }] })]), side([]))
    expect(report.result).toBe('dangerous')
    expect(report.dangers).toEqual([{
      kind: 'namespace-deleted',
      reason: 'deletes the namespace with its Tenant, and all data in it',
      namespaces: ['tenant-acme-shop', 'tenant-acme-dev', 'old']
    }])
    expect(namespaceIn(report, 'legacy').change).toBe('kept')
    expect(namespaceIn(report).access).toMatchObject([{ subjects: ['User ada@acme.example'], roles: { before: ['admin'], after: [] } }])
  })

  it('of a removed Tenant with deletionPolicy Retain are kept', () => {
    const report = compared(side([tenant({ deletionPolicy: 'Retain', admins: [ada] })]), side([]))
    expect(report).toMatchObject({ result: 'changed', dangers: [], summary: { namespaces: { kept: 1, deleted: 0 } } })
    expect(namespaceIn(report).access).toEqual([])
  })

  it('of a removed Tenant that was on hold are known too', () => {
    const { report, problems } = diff(side([tenant({ className: 'gone' })]), side([]), { now })
    expect(report.dangers).toMatchObject([{ namespaces: ['tenant-acme-shop'] }])
    expect(problems).toMatchObject([{ side: 'before', tenant: 'acme', className: 'gone' }])
  })
})

describe('the Tenant', () => {
  it('says what a change of deletionPolicy means, and that it is paused', () => {
    const report = ofTenant({ deletionPolicy: 'Retain' }, { deletionPolicy: 'Delete', paused: true })
    expect(tenantIn(report)).toMatchObject({
      deletionPolicy: { before: 'Retain', after: 'Delete' },
      paused: { before: false, after: true },
      isPaused: true,
      namespaces: [{ name: 'tenant-acme-shop', change: 'changed', deletionPolicy: { before: 'Retain', after: 'Delete' } }]
    })
    expect(textOf(report)).toContain('! deletionPolicy: Retain -> Delete: a later deletion of the Tenant deletes the data too')
    expect(report).toMatchObject({ result: 'dangerous', dangers: [{ kind: 'retention-removed', namespaces: ['tenant-acme-shop'] }] })
    expect(ofTenant({}, { deletionPolicy: 'Retain' })).toMatchObject({ result: 'changed', dangers: [] })
  })

  it('no longer keeps an existing namespace whose entry says Delete, which is dangerous', () => {
    const entry = (deletionPolicy: 'Retain' | 'Delete') => ({ namespaces: [{ existing: 'legacy', deletionPolicy }] })
    const report = ofTenant(entry('Retain'), entry('Delete'))
    expect(report.dangers).toEqual([{
      kind: 'retention-removed',
      reason: 'changes deletionPolicy from Retain to Delete: a later deletion of the Tenant deletes the namespace with its data',
      namespaces: ['legacy']
    }])
    expect(namespaceIn(report, 'legacy').deletionPolicy).toEqual({ before: 'Retain', after: 'Delete' })
    expect(textOf(report)).toContain(
      '! changes deletionPolicy from Retain to Delete in legacy: a later deletion of the Tenant deletes the namespace with its data'
    )
    const back = ofTenant(entry('Delete'), entry('Retain'))
    expect(back).toMatchObject({ result: 'changed', dangers: [] })
    expect(textOf(back)).toContain('~ deletionPolicy: Delete -> Retain')
  })

  it('is told apart from Tenants with another deletionPolicy of an entry', () => {
    const of = (name: string, deletionPolicy: 'Retain' | 'Delete') =>
      tenant({ namespaces: [{ existing: `old-${name}`, deletionPolicy }], admins: deletionPolicy === 'Delete' ? [ada] : [] }, name)
    const report = compared(side([of('acme', 'Retain'), of('globex', 'Delete')]), side([of('acme', 'Delete'), of('globex', 'Retain')]))
    expect(textOf(report)).not.toContain('alike')
  })

  it('with a changed class and deletionPolicy is not told with the class only', () => {
    const open = defaultClass(spec => { spec.workloads.allowVolumeNames = true })
    const report = compared(side([tenant({ deletionPolicy: 'Retain' })]), side([tenant()], [open]))
    expect(namespaceIn(report)).not.toHaveProperty('byClass')
  })

  it('cannot change the name of its home namespace', () => {
    const { problems } = diff(side([tenant()]), side([tenant({ name: 'web' })]), { now })
    expect(problems).toMatchObject([{ side: 'after', tenant: 'acme', problem: { path: ['spec', 'name'], message: expect.stringContaining('immutable') as string } }])
  })

  it('that is invalid in BASE is shown as new', () => {
    const before = { ...side([]), invalid: new Map([['acme', []]]) }
    expect(tenantIn(compared(before, side([tenant()])))).toMatchObject({ change: 'added', baseIsInvalid: true })
    const onHold = diff(side([tenant({ className: 'gone' })]), side([tenant()]), { now })
    expect(tenantIn(onHold.report)).toMatchObject({ change: 'added', baseIsInvalid: true })
  })

  it('that is invalid in BASE and removed has the namespaces that can be told', () => {
    const before = { ...side([]), invalid: new Map([['acme', [{ name: 'tenant-acme-shop', isKept: false }]]]) }
    expect(compared(before, side([])).dangers).toMatchObject([{ namespaces: ['tenant-acme-shop'] }])
  })
})

describe('access', () => {
  it('is gained and lost by subject, in words', () => {
    const report = ofTenant({ viewers: [ada] }, { operators: [ada], viewers: [{ kind: 'Group', name: 'auditors' }] })
    expect(namespaceIn(report).access.map(({ subjects, roles }) => ({ subjects, roles }))).toEqual([
      { subjects: ['Group auditors'], roles: { before: [], after: ['viewer'] } },
      { subjects: ['User ada@acme.example'], roles: { before: ['viewer'], after: ['operator'] } }
    ])
    expect(textOf(report)).toMatch(/\+ User ada@acme\.example \(role viewer -> operator\) gain(s)?: .*pods\/exec/)
  })

  it('changes with the role of the class, for all its subjects', () => {
    const exec = { apiGroups: [''], resources: ['pods/exec'], verbs: ['create'] }
    const bare: Change = spec => { spec.roles.viewer.rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] }
    const withExec: Change = spec => { spec.roles.viewer.rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }, exec] }
    const tenants = [tenant({ viewers: [ada] }), tenant({ viewers: [{ kind: 'Group', name: 'all' }] }, 'globex')]
    const report = compared(side(tenants, [defaultClass(bare)]), side(tenants, [defaultClass(withExec)]))
    expect(classIn(report)).toMatchObject({ roles: [{ role: 'viewer', gained: [exec], lost: [] }], tenants: ['acme', 'globex'], namespaces: 2 })
    expect(namespaceIn(report)).toMatchObject({ byClass: 'default', access: [{ subjects: ['User ada@acme.example'], gained: [exec] }] })
    const text = textOf(report)
    expect(text).toContain('+ subjects with role viewer gain: create pods/exec')
    expect(text).toContain('TenantClass default is changed, which reaches 2 namespaces of 2 Tenants')
    expect(text).not.toContain('Tenant acme')
  })

  it('is no more than another role of the subject grants', () => {
    const more: Change = spec => { spec.roles.viewer.rules.push({ apiGroups: [''], resources: ['pods/exec'], verbs: ['create'] }) }
    const both = tenant({ admins: [ada], viewers: [ada] })
    const report = compared(side([both]), side([both], [defaultClass(more)]))
    expect(report.tenants).toEqual([])
    expect(classIn(report).roles).toMatchObject([{ role: 'viewer' }])
  })

  it('with an end is not lost yet, and is told', () => {
    const report = ofTenant({ admins: [ada] }, { admins: [{ ...ada, expiresAt: '2099-01-01T00:00:00Z' }] })
    expect(namespaceIn(report)).toMatchObject({
      access: [], expiry: [{ subject: 'User ada@acme.example', role: 'admin', before: null, after: '2099-01-01T00:00:00Z', hasEnded: false }]
    })
    expect(textOf(report)).toContain('access of User ada@acme.example as admin ends at 2099-01-01T00:00:00Z (before: no end)')
  })

  it('that has ended is lost', () => {
    const report = ofTenant({ admins: [ada] }, { admins: [{ ...ada, expiresAt: '2020-01-01T00:00:00Z' }] })
    expect(namespaceIn(report)).toMatchObject({ access: [{ roles: { before: ['admin'], after: [] } }], expiry: [{ hasEnded: true }] })
    expect(textOf(report)).toContain('ended at 2020-01-01T00:00:00Z: it gives no access')
  })

  it('of many permissions is told in one short line', () => {
    const lines = textOf(ofTenant({}, { admins: [ada] })).split('\n').filter(line => line.includes('ada@'))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/gains role admin: .*secrets.* and \d+ other permissions$/)
    expect(lines[0]?.length).toBeLessThan(300)
  })
})

describe('amounts', () => {
  it.each([
    ['1', '2', '+1'], ['500m', '2', '+1500m'], ['2', '500m', '-1500m'], ['2', '2000m', undefined]
  ])('of a quota from %s to %s differ by %s', (from, to, difference) => {
    const report = ofTenant({ quotas: { 'tenant-quota': { cpu: from } } }, { quotas: { 'tenant-quota': { cpu: to } } })
    if (difference === undefined) expect(report.result).toBe('unchanged')
    else expect(namespaceIn(report).quotas).toMatchObject([{ quota: 'tenant-quota', resource: 'cpu', difference }])
  })

  it('have the unit of the amounts', () => {
    const report = ofTenant({ quotas: { 'tenant-quota': { memory: '1Gi' } } }, { quotas: { 'tenant-quota': { memory: '2560Mi' } } })
    expect(namespaceIn(report).quotas).toMatchObject([{ before: '1Gi', after: '2560Mi', difference: '+1536Mi' }])
  })

  it('of limits have a direction', () => {
    const item = (fields: object): Change => spec => { spec.limits = [{ type: 'Container', default: { cpu: '1' }, ...fields }] }
    const direction = (before: object, after: object) => namespaceIn(ofClass(item(before), item(after))).limits.filter(({ field }) => field !== 'default' && field !== 'defaultRequest')
    expect(direction({ max: { cpu: '1' } }, { max: { cpu: '2' } })).toMatchObject([{ field: 'max', difference: '+1', direction: 'loosened' }])
    expect(direction({ min: { cpu: '10m' } }, { min: { cpu: '20m' } })).toMatchObject([{ field: 'min', direction: 'tightened' }])
    expect(direction({ max: { cpu: '1' } }, {})).toMatchObject([{ field: 'max', direction: 'loosened' }])
    expect(direction({}, { min: { cpu: '10m' } })).toMatchObject([{ field: 'min', direction: 'tightened' }])
  })

  it.each([
    ['raised', { max: { cpu: '1' } }, { max: { cpu: '2' } }, 'loosens limit max.cpu of Container: 1 -> 2'],
    ['removed', { max: { cpu: '1' } }, {}, 'loosens limit max.cpu of Container: 1 -> none'],
    ['raised as a ratio', { maxLimitRequestRatio: { cpu: '20' } }, { maxLimitRequestRatio: { cpu: '40' } }, 'loosens limit maxLimitRequestRatio.cpu of Container: 20 -> 40'],
    ['lowered as a minimum', { min: { cpu: '20m' } }, { min: { cpu: '10m' } }, 'loosens limit min.cpu of Container: 20m -> 10m'],
    ['lowered', { max: { cpu: '2' } }, { max: { cpu: '1' } }, undefined],
    ['only defaults', { defaultRequest: { cpu: '50m' } }, { defaultRequest: { cpu: '60m' } }, undefined]
  ])('of limits that are %s are dangerous only where they bound less', (_, before, after, reason) => {
    const item = (fields: object): Change => spec => { spec.limits = [{ type: 'Container', default: { cpu: '1' }, defaultRequest: { cpu: '50m' }, ...fields }] }
    const report = ofClass(item(before), item(after))
    expect(report.dangers).toEqual(reason === undefined ? [] : [{ kind: 'bound-loosened', reason, class: 'default', namespaces: ['tenant-acme-shop'] }])
    if (reason !== undefined) expect(textOf(report).split('\n').filter(line => line.includes(`! ${reason}`))).toHaveLength(2)
    expect(report.classes).toHaveLength(1)
  })

  it.each<[string, string[], number]>([
    ['without a bound', [], 0], ['within the percentage', ['100%'], 0], ['past the percentage', ['99%'], 1],
    ['within the amount', ['cpu=500m'], 0], ['past the amount, under another spelling', ['requests.cpu=499m'], 1],
    ['with a bound of another resource', ['memory=1Gi'], 0], ['where the resource has a wider one', ['10%', 'cpu=200%'], 0]
  ])('of a quota that is doubled %s', (_, bounds, count) => {
    const before = side([tenant({ quotas: { 'tenant-quota': { cpu: '500m' } } })])
    const after = side([tenant({ quotas: { 'tenant-quota': { cpu: '1' } } })])
    const report = compared(before, after, bounds.length === 0 ? {} : { maxQuotaIncrease: parsed(...bounds) })
    expect(report.dangers).toHaveLength(count)
    if (count > 0) expect(report.dangers).toMatchObject([{ kind: 'quota-raised', namespaces: ['tenant-acme-shop'] }])
  })

  it('that no longer bound their resource are raised past any bound', () => {
    const without: Change = spec => { delete spec.quotas['tenant-storage'] }
    const report = compared(side([tenant()]), side([tenant()], [defaultClass(spec => { without(spec); delete spec.overrides?.quotas?.['tenant-storage'] })]), { maxQuotaIncrease: parsed('1000%') })
    expect(report.dangers.map(({ kind }) => kind)).toContain('quota-raised')
  })

  it.each(['50', '-5%', 'cpu=', 'cpu=x', 'cpu=-1', '%', ''])('with the bound %j are refused', text => {
    expect(parseMaxQuotaIncrease([text])).toEqual({ invalid: text })
  })
})

describe('network paths', () => {
  const egress = (...rules: object[]): Change => spec => { spec.network.policies = [{ name: 'extra', egress: rules as never }] }
  const tcp = (port: number, endPort?: number) => ({ port, ...(endPort !== undefined && { endPort }), protocol: 'TCP' as const })
  const pathsOf = (before: Change, after: Change) => {
    const { network } = namespaceIn(ofClass(before, after))
    return { opened: network.opened.map(({ peer, ports }) => ({ peer, ports })), closed: network.closed.map(({ peer, ports }) => ({ peer, ports })) }
  }

  it('are opened by a wider network, and closed by a narrower one', () => {
    const [wide, narrow] = [egress({ peers: [{ cidr: '10.0.0.0/8' }] }), egress({ peers: [{ cidr: '10.1.0.0/16' }] })]
    expect(pathsOf(narrow, wide)).toEqual({ opened: [{ peer: { cidr: '10.0.0.0/8' }, ports: [] }], closed: [] })
    expect(pathsOf(wide, narrow)).toEqual({ opened: [], closed: [{ peer: { cidr: '10.0.0.0/8' }, ports: [] }] })
  })

  it('have only the ports that are new', () => {
    const peers = [{ cidr: '10.0.0.0/8' }]
    expect(pathsOf(egress({ peers, ports: [tcp(443)] }), egress({ peers, ports: [tcp(443), tcp(8443)] })))
      .toEqual({ opened: [{ peer: { cidr: '10.0.0.0/8' }, ports: [{ protocol: 'TCP', port: 8443, endPort: 8443 }] }], closed: [] })
  })

  it('are covered by several networks and ranges together', () => {
    const before = egress({ peers: [{ cidr: '10.0.0.0/9' }, { cidr: '10.128.0.0/9' }], ports: [tcp(1, 100), tcp(101, 200)] })
    expect(ofClass(before, egress({ peers: [{ cidr: '10.0.0.0/8' }], ports: [tcp(50, 150)] })).dangers).toEqual([])
  })

  it('are opened by an exception that is removed', () => {
    const report = ofClass(egress({ peers: [{ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }] }), egress({ peers: [{ cidr: '10.0.0.0/8' }] }))
    expect(report).toMatchObject({ result: 'dangerous', dangers: [{ kind: 'network-opened', reason: 'opens egress to 10.0.0.0/8 on all ports', class: 'default' }] })
  })

  it('do not depend on the names of policies', () => {
    const rule = { peers: [{ namespace: 'monitoring' }] }
    const report = ofClass(
      spec => { spec.network.policies = [{ name: 'a', ingress: [rule] }] }, spec => { spec.network.policies = [{ name: 'b', ingress: [rule] }] }
    )
    expect(report).toMatchObject({ result: 'changed', tenants: [], dangers: [] })
    expect(classIn(report).overrides).not.toEqual([])
  })

  it('name other Tenants, and namespaces of the Tenant', () => {
    const peers: Change = spec => { spec.overrides = { ...spec.overrides, network: { peers: true } } }
    const allowed = [defaultClass(peers)]
    const report = compared(side([tenant()], allowed), side([tenant({ network: { peers: [{ tenant: 'globex' }] } })], allowed))
    expect(namespaceIn(report).network.opened.map(({ direction, peer }) => [direction, peer])).toEqual([['ingress', { tenant: 'globex' }], ['egress', { tenant: 'globex' }]])
    expect(textOf(report)).toContain('! opens ingress from Tenant globex (if it allows it too) on all ports')
    const between = ofClass(none, spec => { spec.network.betweenNamespaces = true })
    expect(namespaceIn(between).network.opened.map(({ peer }) => peer)).toEqual([{ own: 'tenant' }, { own: 'tenant' }])
  })
})

describe('bounds', () => {
  const cases: Array<[field: string, looser: Change, tighter: Change]> = [
    ['podSecurity.enforce', spec => { spec.podSecurity.enforce = 'baseline' }, none],
    ['podSecurity.enforce-version', spec => { spec.podSecurity.version = 'v1.20' }, spec => { spec.podSecurity.version = 'v1.30' }],
    ['podSecurity.enforce-version', spec => { spec.podSecurity.version = 'v1.36' }, none],
    ['selfService', spec => { spec.selfService.permissions = true }, none],
    ['allowedAuthors', spec => { spec.allowedAuthors = [{ kind: 'Group', name: 'sre' }] }, none],
    ['allowedFinalizers', spec => { spec.namespaceMetadata = { finalizers: ['example.com/a'] } }, none],
    ['services.types', spec => { spec.workloads.services.types = ['ClusterIP', 'LoadBalancer'] }, none],
    ['services.externalIPs', spec => { spec.workloads.services.externalIPs = ['192.0.2.0/24'] }, spec => { spec.workloads.services.externalIPs = ['192.0.2.0/25'] }],
    ['services.allowChosenClusterIPs', spec => { spec.workloads.services.allowChosenClusterIPs = true }, none],
    ['services.allowNodePorts', spec => { spec.quotas['tenant-objects'] = { ...spec.quotas['tenant-objects'], 'services.nodeports': '1' } }, none],
    ['endpoints.addresses', spec => { spec.workloads.endpoints.addresses = ['192.0.2.0/24'] }, none],
    ['pods.allowNodeName', spec => { spec.workloads.pods.allowNodeName = true }, none],
    ['pods.tolerations', spec => { spec.workloads.pods.tolerations = [{ key: '*' }] }, spec => { spec.workloads.pods.tolerations = [{ key: 'a' }] }],
    ['pods.nodeSelector', spec => { spec.workloads.pods.nodeSelector = { pool: 'a' } }, spec => { spec.workloads.pods.nodeSelector = { pool: 'a', zone: 'b' } }],
    ['pods.runtimeClasses', spec => { spec.workloads.pods.runtimeClasses = ['gvisor'] }, none],
    ['pods.schedulers', spec => { spec.workloads.pods.schedulers = ['default-scheduler', 'batch'] }, none],
    ['pods.csiDrivers', spec => { spec.workloads.pods.csiDrivers = ['nfs'] }, none],
    ['pods.imagePullPolicies', none, spec => { spec.workloads.pods.imagePullPolicies = ['Always'] }],
    ['pods.maxContainers', spec => { spec.workloads.pods.maxContainers = 64 }, none],
    ['pods.maxTerminationGracePeriodSeconds', spec => { spec.workloads.pods.maxTerminationGracePeriodSeconds = 7200 }, none],
    ['hostNames', spec => { spec.workloads.hostNames = ['*.example.com'] }, spec => { spec.workloads.hostNames = ['*.{tenant}.example.com'] }],
    ['allowRoutesWithoutHostNames', spec => { spec.workloads.allowRoutesWithoutHostNames = true }, none],
    ['ingressClasses', spec => { delete spec.workloads.ingressClasses }, spec => { spec.workloads.ingressClasses = ['nginx'] }],
    ['gatewayClasses', spec => { delete spec.workloads.gatewayClasses }, spec => { spec.workloads.gatewayClasses = [] }],
    ['storageClasses', spec => { delete spec.workloads.storageClasses }, spec => { spec.workloads.storageClasses = ['fast'] }],
    ['volumeAttributesClasses', spec => { spec.workloads.volumeAttributesClasses = ['gold'] }, none],
    ['allowVolumeNames', spec => { spec.workloads.allowVolumeNames = true }, none],
    ['priorityClasses', spec => { spec.workloads.priorityClasses = ['high'] }, none],
    ['deviceClasses', spec => { spec.workloads.deviceClasses = ['gpu'] }, none],
    ['imageRegistries', spec => { spec.workloads.imageRegistries = ['registry.example.com'] }, spec => { spec.workloads.imageRegistries = ['registry.example.com/team'] }],
    ['allowBlockingDisruptionBudgets', spec => { spec.workloads.allowBlockingDisruptionBudgets = true }, none],
    ...(['services', 'ingresses', 'serviceAccounts', 'secrets'] as const).map((kind): [string, Change, Change] =>
      [`refusedAnnotations.${kind}`, spec => { spec.workloads.refusedAnnotations[kind] = ['a.example/b'] }, spec => { spec.workloads.refusedAnnotations[kind] = ['a.example/'] }])
  ]

  it.each(cases)('%s is loosened, which is dangerous, and tightened in reverse', (field, looser, tighter) => {
    const loosened = ofClass(tighter, looser)
    expect(namespaceIn(loosened).bounds.filter(bound => bound.direction !== 'changed')).toMatchObject([{ field, direction: 'loosened' }])
    expect(loosened.result).toBe('dangerous')
    const tightened = ofClass(looser, tighter)
    expect(namespaceIn(tightened).bounds.filter(bound => bound.direction !== 'changed')).toMatchObject([{ field, direction: 'tightened' }])
    expect(tightened.dangers).toEqual([])
  })

  it.each<[string, Change, Change]>([
    ['pods.nodeSelector', spec => { spec.workloads.pods.nodeSelector = { pool: 'a' } }, spec => { spec.workloads.pods.nodeSelector = { pool: 'b' } }],
    ['pods.defaults.userNamespaces', none, spec => { spec.workloads.pods.defaults.userNamespaces = true }]
  ])('%s is changed, without a direction', (field, before, after) => {
    const report = ofClass(before, after)
    expect(namespaceIn(report).bounds).toContainEqual(expect.objectContaining({ field, direction: 'changed' }))
    expect(report.dangers).toEqual([])
  })

  it('of a cordoned Tenant are changed', () => {
    expect(namespaceIn(ofTenant({}, { cordoned: true })).bounds).toEqual([{ field: 'cordoned', direction: 'changed', before: 'false', after: 'true' }])
  })

  it('change with the class of a namespace', () => {
    const open = { ...defaultClass(spec => { spec.workloads.allowVolumeNames = true }), metadata: { name: 'open' } }
    const classes = [defaultClass(), open]
    const report = compared(side([tenant()], classes), side([tenant({ className: 'open' })], classes))
    expect(namespaceIn(report)).toMatchObject({ class: { before: 'default', after: 'open' }, bounds: [{ field: 'allowVolumeNames' }] })
    expect(report).toMatchObject({ result: 'dangerous', classes: [] })
  })
})

describe('entries of a loosened bound', () => {
  const registries = Array.from({ length: 15 }, (_, index) => `registry-${index}.example.com/${'x'.repeat(40)}`)

  it('are all in the reason and in the text', () => {
    const report = ofClass(spec => { spec.workloads.imageRegistries = [] }, spec => { spec.workloads.imageRegistries = registries })
    expect(report.dangers[0]?.reason).toBe(`loosens imageRegistries: adds ${registries.join(', ')}`)
    expect(textOf(report)).toContain(`! loosens imageRegistries: adds ${registries.join(', ')} in tenant-acme-shop`)
  })

  it('begin with the widest', () => {
    const ips = ofClass(none, spec => { spec.workloads.services.externalIPs = ['192.0.2.1/32', '10.0.0.0/8', '172.16.0.0/12'] })
    expect(ips.dangers[0]?.reason).toBe('loosens services.externalIPs: adds 10.0.0.0/8, 172.16.0.0/12, 192.0.2.1/32')
    const names = ofClass(spec => { spec.workloads.hostNames = [] }, spec => { spec.workloads.hostNames = ['a.com', '*.b.example.com', '*.example.org'] })
    expect(names.dangers[0]?.reason).toBe('loosens hostNames: adds *.example.org, *.b.example.com, a.com')
  })

  it('of a tightened bound are as few as before', () => {
    const report = ofClass(spec => { spec.workloads.imageRegistries = registries }, spec => { spec.workloads.imageRegistries = [] })
    expect(textOf(report)).toContain('and 5 more')
  })
})

describe('a class', () => {
  it('with {tenant} in host names is one danger of all its Tenants', () => {
    const names = Array.from({ length: 41 }, (_, index) => `team-${index}`)
    const tenants = names.map(name => tenant({}, name))
    const before = defaultClass(spec => { spec.workloads.hostNames = [] })
    const after = defaultClass(spec => { spec.workloads.hostNames = ['*.{tenant}.example.com'] })
    const report = compared(side(tenants, [before]), side(tenants, [after]))
    expect(report.dangers).toMatchObject([{ class: 'default', reason: 'loosens hostNames: adds *.{tenant}.example.com' }])
    expect(report.dangers[0]?.namespaces).toHaveLength(41)
    expect(textOf(report)).not.toContain('no Tenant of the input')
  })

  it('to which several Tenants move is one danger too, and the names of one Tenant remain', () => {
    const open = { ...defaultClass(spec => { spec.workloads.hostNames = ['*.{tenant}.example.com'] }), metadata: { name: 'open' } }
    const classes = [defaultClass(spec => { spec.workloads.hostNames = [] }), open]
    const moved = (...names: string[]) => compared(
      side(names.map(name => tenant({}, name)), classes), side(names.map(name => tenant({ className: 'open' }, name)), classes)
    ).dangers
    expect(moved('acme', 'globex')).toMatchObject([{ reason: 'loosens hostNames: adds *.{tenant}.example.com', namespaces: ['tenant-acme-shop', 'tenant-globex-shop'] }])
    expect(moved('acme')).toMatchObject([{ reason: 'loosens hostNames: adds *.acme.example.com' }])
  })

  it('with a label of host names that is also the name of a Tenant is one danger', () => {
    const tenants = [tenant({}, 'example'), tenant()]
    const before = defaultClass(spec => { spec.workloads.hostNames = [] })
    const after = defaultClass(spec => { spec.workloads.hostNames = ['*.example.com'] })
    expect(compared(side(tenants, [before]), side(tenants, [after])).dangers)
      .toMatchObject([{ reason: 'loosens hostNames: adds *.example.com', class: 'default', namespaces: ['tenant-acme-shop', 'tenant-example-shop'] }])
  })

  it('that changes reaches many Tenants, which are told once; one with an override of its own is told apart', () => {
    const cpu = (amount: string): Change => spec => { spec.quotas['tenant-quota'] = { ...spec.quotas['tenant-quota'], cpu: amount } }
    const plain = Array.from({ length: 300 }, (_, index) => tenant({ admins: [{ kind: 'User', name: `ada-${index}` }] }, `t${index}`))
    const own = tenant({ quotas: { 'tenant-quota': { cpu: '300m' } } })
    const report = compared(side([...plain, own], [defaultClass(cpu('500m'))]), side([...plain, own], [defaultClass(spec => { cpu('700m')(spec); spec.workloads.allowVolumeNames = true })]))
    expect(classIn(report)).toMatchObject({ namespaces: 301, quotas: [{ difference: '+200m' }] })
    expect(report.dangers).toMatchObject([{ class: 'default', reason: 'loosens allowVolumeNames: false -> true' }])
    expect(report.dangers[0]?.namespaces).toHaveLength(301)
    const text = textOf(report)
    expect(text).toContain('which reaches 301 namespaces of 301 Tenants')
    expect(text).toContain('Tenant acme is changed')
    expect(text.split('\n').length).toBeLessThan(30)
  })

  it('with its fields in another order is the same', () => {
    const { spec, ...rest } = defaultClass()
    const reordered = { ...rest, spec: Object.fromEntries(Object.entries(spec).toReversed()) as typeof spec }
    expect(compared(side([tenant()]), side([tenant()], [reordered]))).toMatchObject({ result: 'unchanged', classes: [] })
  })

  it('with changes of overrides only says so', () => {
    const report = ofClass(none, spec => { spec.overrides = { ...spec.overrides, network: { peers: true } } })
    expect(report).toMatchObject({ result: 'changed', tenants: [], dangers: [] })
    expect(classIn(report).overrides).toMatchObject([{ field: 'overrides.network', before: '(none)' }])
  })

  it('that no Tenant of the input uses is dangerous too, since others may have Tenants', () => {
    const report = compared(side([]), side([], [defaultClass(spec => { spec.workloads.allowVolumeNames = true })]))
    expect(report).toMatchObject({ result: 'dangerous', dangers: [{ class: 'default', namespaces: [] }] })
  })

  it('equal changes of several Tenants are told once', () => {
    const names = ['acme', 'globex', 'initech']
    const report = compared(side(names.map(name => tenant({}, name))), side(names.map(name => tenant({ viewers: [ada] }, name))))
    expect(textOf(report)).toContain('3 Tenants are changed alike: acme, globex, initech')
  })
})

describe('labels and annotations', () => {
  it('of the namespace are told, without those of k8s-mtp', () => {
    const report = ofClass(spec => { spec.namespaceMetadata = { labels: { 'a.example/b': 'x' } } }, spec => {
      spec.namespaceMetadata = { labels: { 'a.example/b': 'y' }, annotations: { 'a.example/c': 'z' } }
    })
    expect(namespaceIn(report).metadata).toEqual([
      { kind: 'label', key: 'a.example/b', before: 'x', after: 'y' }, { kind: 'annotation', key: 'a.example/c', after: 'z' }
    ])
  })
})

describe('the report', () => {
  it('is valid by its published schema', () => {
    const validate = new Ajv({ strict: false }).compile(JSON.parse(JSON.stringify(DiffReport)) as object)
    const before = side([tenant({ admins: [ada] }), tenant({}, 'globex')])
    const after = side([tenant({ viewers: [ada], quotas: { 'tenant-quota': { cpu: '2' } } }), tenant({}, 'initech')], [defaultClass(spec => {
      spec.workloads.allowVolumeNames = true
      spec.network.policies = [{ name: 'x', egress: [{ peers: [{ cidr: '192.0.2.0/24' }] }] }]
    })])
    const report = compared(before, after, { maxQuotaIncrease: parsed('10%'), warnings: ['x'] })
    expect(validate(JSON.parse(JSON.stringify(report))), JSON.stringify(validate.errors)).toBe(true)
  })
})
