import GithubSlugger from 'github-slugger'
import { describe, expect, it } from 'vitest'
import { clusterScopedResources } from '../../src/api/cluster-scoped-resources.ts'
import { reachingKinds, resourceName } from '../../src/api/reaching-kinds.ts'

describe('the kinds that reach out', () => {
  it('have the anchors that warnings link to', () => {
    const slugger = new GithubSlugger()
    for (const { project } of reachingKinds) expect(slugger.slug(project)).toBe(project.toLowerCase().replaceAll(' ', '-'))
  })

  it('are listed once, and are none that the CRD refuses', () => {
    const all = reachingKinds.flatMap(({ resources }) => Object.entries(resources).flatMap(([group, names]) => names.map(name => ({ group, name }))))
    const names = all.map(({ group, name }) => resourceName(group, name))
    expect(new Set(names).size).toBe(names.length)
    expect(all.filter(({ group, name }) => clusterScopedResources[group]?.includes(name))).toEqual([])
  })

  it.each(reachingKinds)('$project has a reason, a source, and no period at the end', ({ why, remedy = '', source }) => {
    expect(`${why} ${remedy}`).not.toMatch(/[.] |[.]$/)
    expect(source).toMatch(/^https:\/\//)
  })
})
