import { readdirSync, readFileSync } from 'node:fs'
import { Value } from '@sinclair/typebox/value'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { apiVersion } from '../../src/api/group.ts'
import { TenantClass } from '../../src/api/tenant-class.ts'
import { Tenant } from '../../src/api/tenant.ts'
import { formatPath } from '../../src/api/validation/checker.ts'
import { classInconsistencies, tenantInconsistencies } from '../../src/tenancy/policy/consistency.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { filesBelow } from '../package/files.ts'

const textOf = (path: string) => readFileSync(repositoryPath(path), 'utf8')
const below = (folder: string, extension: string) =>
  filesBelow(repositoryPath(folder)).filter(path => path.endsWith(extension)).map(path => `${folder}/${path}`)
const documentsIn = (yaml: string): unknown[] => parseAllDocuments(yaml).map(document => document.toJS() as unknown)
const objectsIn = (path: string): unknown[] => documentsIn(textOf(path))
const objectsInMarkdown = (path: string): unknown[] =>
  [...textOf(path).matchAll(/^```ya?ml\n(.*?)^```/gms)].flatMap(([, yaml = '']) => yaml.includes(`apiVersion: ${apiVersion}`) ? documentsIn(yaml) : [])
const classesInValues = (path: string): unknown[] =>
  Object.entries((parse(textOf(path)) as { classes?: Record<string, unknown> }).classes ?? {})
    .map(([name, spec]) => ({ apiVersion, kind: 'TenantClass', metadata: { name }, spec }))
const examplesOfChart = (path: string): unknown[] =>
  parse((parse(textOf(path)) as { annotations: Record<string, string> }).annotations['artifacthub.io/crdsExamples'] ?? '') as unknown[]

/** Its examples have mistakes on purpose: test/lint/rules.test.ts runs them. */
const pages = ['README.md', ...below('docs', '.md')].filter(path => path !== 'docs/reference/lint.md')

/** The objects of all files that users get, or read as examples. */
const shipped = [
  ...below('examples', '.yaml').map(path => ({ path, objects: objectsIn(path) })),
  ...['chart/values.yaml', ...readdirSync(repositoryPath('chart/ci')).map(file => `chart/ci/${file}`)]
    .map(path => ({ path, objects: classesInValues(path) })),
  { path: 'chart/Chart.yaml', objects: examplesOfChart('chart/Chart.yaml') },
  ...pages.map(path => ({ path, objects: objectsInMarkdown(path) }))
].flatMap(({ path, objects }) => objects.map(object => ({ path, object: object as TenantClass | Tenant | null })))

// Parts of Argo CD and Flux have the kinds without a spec.
const classes = shipped.flatMap(({ path, object }) => object?.kind === 'TenantClass' && 'spec' in object
  ? [{ path, object: Value.Default(TenantClass, object) as TenantClass }]
  : [])
const tenants = shipped.flatMap(({ path, object }) => object?.kind === 'Tenant' && 'spec' in object
  ? [{ path, object: Value.Default(Tenant, object) as Tenant }]
  : [])

const moreContainers = 'a Tenant raises it for more containers; for larger ones it needs a class with a larger maximum'

/** What shipped classes keep, by class, rule and path, with the reason. */
const accepted: Record<string, Record<string, string>> = {
  default: {
    'override-beyond-max spec.overrides.quotas.tenant-quota.cpu.max': moreContainers,
    'override-beyond-max spec.overrides.quotas.tenant-quota.memory.max': moreContainers
  }
}

/** The class standard of examples/gitops is the class default. */
const acceptedIn = (path: string, name: string): Record<string, string> =>
  accepted[path === 'examples/gitops/classes/standard.yaml' ? 'default' : name] ?? {}

describe('the amounts that users get', () => {
  it.each(classes)('can be used together in the class of $path, except the accepted ones', ({ path, object }) => {
    const found = classInconsistencies(object).map(({ rule, path }) => `${rule} ${formatPath(path)}`)
    expect(found.sort()).toEqual(Object.keys(acceptedIn(path, object.metadata.name)).sort())
  })

  it.each(tenants)('can be used together by the Tenant of $path', ({ object }) => {
    const tenantClass = classes.find(({ object: { metadata } }) => metadata.name === object.spec.className)
    expect(tenantClass).toBeDefined()
    expect(tenantClass && tenantInconsistencies(object, tenantClass.object)).toEqual([])
  })

  it('are those of all these files', () => {
    expect(classes.map(({ path }) => path)).toEqual([
      ...['default', 'large', 'sandbox', 'small', 'standard'].map(name => `examples/classes/${name}.yaml`),
      'examples/gitops/classes/batch.yaml',
      'examples/gitops/classes/production.yaml',
      'examples/gitops/classes/standard.yaml',
      'chart/values.yaml',
      'chart/ci/classes-values.yaml',
      'docs/guides/company-rules.md'
    ])
    expect(tenants.map(({ path }) => path)).toEqual([
      'examples/gitops/tenants/analytics/tenant.yaml',
      'examples/gitops/tenants/orders/tenant.yaml',
      'examples/gitops/tenants/payments/tenant.yaml',
      'examples/gitops/tenants/storefront/tenant.yaml',
      'examples/tenants/acme.yaml',
      'examples/tenants/globex.yaml',
      'examples/tenants/initech.yaml',
      'chart/Chart.yaml',
      'README.md',
      'docs/guides/company-rules.md',
      'docs/guides/moving-in.md',
      'docs/reference/api.md'
    ])
  })
})
