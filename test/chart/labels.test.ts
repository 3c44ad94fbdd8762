import { expect, it } from 'vitest'
import { only, render } from './render.ts'

// Argo CD and Flux reject YAML with duplicate keys.
it('commonLabels do not override the component label', async () => {
  const objects = await render(['--set', 'commonLabels.team=platform,commonLabels.app\\.kubernetes\\.io/component=theirs'])
  const component = 'app.kubernetes.io/component'
  for (const kind of ['Deployment', 'Service']) {
    expect(only(objects, kind, 'k8s-mtp').metadata.labels).toMatchObject({ team: 'platform', [component]: 'hook' })
    expect(only(objects, kind, 'k8s-mtp-metacontroller').metadata.labels).toMatchObject({ team: 'platform', [component]: 'metacontroller' })
  }
  for (const name of ['classes', 'definitions']) {
    expect(only(objects, 'Job', `k8s-mtp-${name}`).metadata.labels).toMatchObject({ team: 'platform', [component]: name })
  }
})
