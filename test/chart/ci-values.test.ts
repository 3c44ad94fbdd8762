import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { repositoryPath } from '../cluster/paths.ts'
import { helmVersions } from '../tools/tools.ts'
import { lint, render } from './render.ts'

const files = readdirSync(repositoryPath('chart/ci')).map(name => `chart/ci/${name}`)

describe.each(files)('the chart with %s', file => {
  it.each(helmVersions)('passes the lint of %s', async helm => { await lint(helm, file) })

  it('is the same by helm 3 and helm 4, with every object once, and labels that say whose it is', async () => {
    const [by3, by4] = await Promise.all([render(['--values', file], 'helm-3'), render(['--values', file], 'helm-4')])
    expect(by4).toEqual(by3)
    const names = by4.map(({ kind, metadata: { namespace = '', name } }) => `${kind} ${namespace}/${name}`)
    expect(names).toEqual([...new Set(names)])
    for (const { metadata } of by4.filter(({ metadata: { name } }) => !/-(extra|more)$/.test(name))) {
      expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/instance': 'k8s-mtp', 'helm.sh/chart': expect.stringMatching(/^k8s-mtp-/) })
    }
  })
})
