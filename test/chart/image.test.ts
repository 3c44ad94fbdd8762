import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { packageVersion } from '../../src/version.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { metacontrollerRelease } from '../cluster/releases.ts'
import { only, render } from './render.ts'

it('annotations for Artifact Hub name the images of the chart', async () => {
  const { annotations } = parse(readFileSync(repositoryPath('chart/Chart.yaml'), 'utf8'))
  const images = parse(annotations['artifacthub.io/images']).map(({ image }: { image: string }) => image)
  expect(images).toEqual([
    `ghcr.io/k8s-mtp/k8s-mtp:${packageVersion}`,
    `ghcr.io/metacontroller/metacontroller:v${metacontrollerRelease({}).version}`
  ])
  const objects = await render()
  const imageOf = (name: string) => only(objects, 'Deployment', name)
  expect(imageOf('k8s-mtp')).toMatchObject({ spec: { template: { spec: { containers: [{ image: images[0] }] } } } })
  const pinned = expect.stringMatching(new RegExp(`^${images[1]}@sha256:[0-9a-f]{64}$`))
  expect(imageOf('k8s-mtp-metacontroller')).toMatchObject({ spec: { template: { spec: { containers: [{ image: pinned }] } } } })
})
