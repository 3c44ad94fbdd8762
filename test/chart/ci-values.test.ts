import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { repositoryPath } from '../cluster/paths.ts'
import { helmVersions } from '../tools/tools.ts'
import { lint, render } from './render.ts'

const files = readdirSync(repositoryPath('chart/ci')).map(name => `chart/ci/${name}`)

describe.each(files)('the chart with %s', file => {
  it.each(helmVersions)('passes the lint of %s', async helm => { await lint(helm, file) })

  it('renders the same with helm 3 and helm 4, each object once and with the labels of the release', async () => {
    const [helm3, helm4] = await Promise.all([render(['--values', file], 'helm-3'), render(['--values', file], 'helm-4')])
    expect(helm4).toEqual(helm3)
    const names = helm4.map(({ kind, metadata: { namespace = '', name } }) => `${kind} ${namespace}/${name}`)
    expect(names).toEqual([...new Set(names)])
    for (const { metadata } of helm4.filter(({ metadata: { name } }) => !/-(extra|more)$/.test(name))) {
      expect(metadata.labels).toMatchObject({
        'app.kubernetes.io/instance': 'k8s-mtp',
        'helm.sh/chart': expect.stringMatching(/^k8s-mtp-/)
      })
    }
  })
})
