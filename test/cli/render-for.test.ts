import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readManifestSet } from '../../src/cli/input/manifest-set.ts'
import { renderForOf } from '../../src/cli/render-for.ts'
import { serialise } from '../../src/cli/render.ts'
import type { Subject } from '../../src/api/subject.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { gitopsPath } from '../gitops/folder.ts'
import { tenant } from '../support/objects.ts'
import { valueAt } from '../support/value-at.ts'

const repo = 'https://git.example.com/{tenant}/deploy.git'
const group = (name: string, expiresAt?: string): Subject => ({ kind: 'Group', name, ...(expiresAt !== undefined && { expiresAt }) })
const deployer = (namespace: string): Subject => ({ kind: 'ServiceAccount', name: 'tenant-acme', namespace })

function render (tool: string, spec: Parameters<typeof tenant>[0], options = {}) {
  const renderFor = renderForOf({ for: tool, sourceRepo: [repo], ...options })
  if (renderFor === undefined) throw new Error('no tool')
  return renderFor([tenant(spec)])
}

describe('render --for argocd', () => {
  const spec = {
    admins: [group('leads'), { kind: 'User' as const, name: 'ada' }],
    operators: [deployer('argocd')],
    namespaces: [{ name: 'dev' }, { name: 'prod', operators: [deployer('argocd'), group('leads')], admins: [], viewers: [group('devs')] }, { existing: 'billing' }]
  }
  const projects = () => render('argocd', spec).objects.filter(({ kind }) => kind === 'AppProject')

  it('has a project for namespaces with the same members, which is confined to them', () => {
    expect(projects().map(({ metadata, spec }) => [metadata, valueAt(spec, 'destinations')])).toEqual([
      [{ name: 'tenant-acme-shop', namespace: 'argocd' }, ['tenant-acme-shop', 'tenant-acme-dev', 'billing'].map(namespace => ({ server: 'https://kubernetes.default.svc', namespace }))],
      [{ name: 'tenant-acme-prod', namespace: 'argocd' }, [{ server: 'https://kubernetes.default.svc', namespace: 'tenant-acme-prod' }]]
    ])
    for (const { spec } of projects()) {
      expect(spec).toMatchObject({ clusterResourceWhitelist: [], sourceRepos: ['https://git.example.com/acme/deploy.git'] })
      const names = (list: string) => (valueAt(spec, list) as Array<{ namespace: string }>).map(({ namespace }) => namespace)
      expect(names('destinationServiceAccounts')).toEqual(names('destinations'))
    }
  })

  it('gives each group the actions of its role, in its project only', () => {
    expect(projects().map(({ spec }) => (valueAt(spec, 'roles') as Array<{ name: string, groups: string[] }>).map(({ name, groups }) => [name, groups]))).toEqual([
      [['admin', ['leads']]], [['operator', ['leads']], ['viewer', ['devs']]]
    ])
    for (const { metadata, spec } of projects()) {
      for (const { name, policies } of valueAt(spec, 'roles') as Array<{ name: string, policies: string[] }>) {
        for (const policy of policies) {
          expect(policy).toMatch(new RegExp(`^p, proj:${metadata.name}:${name}, (applications|logs), [a-z*/]+, ${metadata.name}/\\*, allow$`))
          if (name !== 'admin') expect(policy).not.toMatch(/, (\*|create|update|delete|override), /)
        }
      }
    }
  })

  it('leaves out groups whose access ends, and names that would be read as two values, and warns of both', () => {
    const { objects, warnings } = render('argocd', { admins: [group('late', '2030-12-24T18:00:00Z'), group('x, role:admin'), group('y"'), deployer('argocd')] })
    expect(JSON.stringify(objects)).not.toMatch(/late|role:admin|y\\"/)
    expect(warnings).toEqual([expect.stringMatching(/with expiresAt .*: late$/), expect.stringMatching(/comma.*: x, role:admin, y"$/)])
  })
})

describe('render --for flux', () => {
  it('has a Kustomization for each namespace, which applies there as the ServiceAccount of the Tenant, all in one namespace', () => {
    const { objects } = render('flux', { namespaces: [{ name: 'dev' }, { existing: 'billing' }] }, { toolNamespace: 'teams' })
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`)).toEqual([
      'ServiceAccount teams/tenant-acme', 'GitRepository teams/tenant-acme',
      'Kustomization teams/tenant-acme-shop', 'Kustomization teams/tenant-acme-dev', 'Kustomization teams/billing'
    ])
    for (const { metadata, spec } of objects.filter(({ kind }) => kind === 'Kustomization')) {
      expect(spec).toMatchObject({ serviceAccountName: 'tenant-acme', targetNamespace: metadata.name, sourceRef: { kind: 'GitRepository', name: 'tenant-acme' } })
    }
  })

  it('warns of namespaces whose lists lack the ServiceAccount', () => {
    const namespaces = [{ name: 'dev' }, { name: 'prod', operators: [], admins: [deployer('flux-system')] }, { name: 'qa', operators: [], viewers: [deployer('flux-system')] }]
    expect(render('flux', { operators: [deployer('flux-system')], namespaces }).warnings).toEqual([
      'Tenant acme does not list its deployer, which has no access to tenant-acme-qa. Add it to the operators there: {kind: ServiceAccount, name: tenant-acme, namespace: flux-system}'
    ])
    expect(render('flux', { operators: [deployer('elsewhere')] }).warnings).toEqual([expect.stringContaining('no access to tenant-acme-shop.')])
  })
})

it('prints the Kustomization that docs/gitops.md shows', async () => {
  const { object } = (await readManifestSet([gitopsPath('tenants/payments')])).tenants[0] ?? {}
  const objects = object === undefined ? [] : renderForOf({ for: 'flux', sourceRepo: [repo] })?.([object]).objects ?? []
  expect(readFileSync(repositoryPath('docs/gitops.md'), 'utf8')).toContain(serialise(objects.slice(-1), 'yaml'))
})

it.each([
  [{ for: 'jenkins', sourceRepo: [repo] }, '--for must be one of argocd, flux, not jenkins.'],
  [{ for: 'toString', sourceRepo: [repo] }, '--for must be one of argocd, flux, not toString.'],
  [{ for: 'flux' }, '--for flux needs one --source-repo'],
  [{ for: 'flux', sourceRepo: [repo, repo] }, '--for flux needs one --source-repo'],
  [{ for: 'argocd' }, '--for argocd needs at least one --source-repo'],
  [{ sourceRepo: [repo] }, '--source-repo and --tool-namespace need --for.']
])('refuses the options %j', (options, message) => {
  expect(() => renderForOf(options)).toThrow(message)
})
