import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { packageVersion } from '../../src/version.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { only, render } from './render.ts'

it('annotations for Artifact Hub name the image of the chart', async () => {
  const { annotations } = parse(readFileSync(repositoryPath('chart/Chart.yaml'), 'utf8'))
  const [{ image }, ...others] = parse(annotations['artifacthub.io/images'])
  expect(others).toEqual([])
  expect(image).toBe(`ghcr.io/k8s-mtp/k8s-mtp:${packageVersion}`)
  expect(only(await render(), 'Deployment')).toMatchObject({ spec: { template: { spec: { containers: [{ image }] } } } })
})
