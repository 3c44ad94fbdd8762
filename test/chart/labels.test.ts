import { expect, it } from 'vitest'
import { only, render } from './render.ts'

// Two of one key are no YAML to Argo CD and to what Flux renders with.
it('a label for all objects leaves those that are a component what they are', async () => {
  const objects = await render(['--set', 'commonLabels.team=platform,commonLabels.app\\.kubernetes\\.io/component=theirs'])
  const component = 'app.kubernetes.io/component'
  for (const kind of ['Deployment', 'Service']) expect(only(objects, kind).metadata.labels).toMatchObject({ team: 'platform', [component]: 'hook' })
  expect(only(objects, 'Job').metadata.labels).toMatchObject({ team: 'platform', [component]: 'classes' })
})
