import { beforeAll, expect, test } from 'vitest'
import { as, client, eventually } from '../e2e/context.ts'
import { valueAt } from '../support/value-at.ts'
import { agentPod } from './agent.ts'
import type { Installed } from './installed.ts'
import { acme } from './tenants.ts'

/** The users that images may have, with what comes of a pod that is admitted: a running container, or the reason that the kubelet gives. */
export const userRows = [
  { image: 'number', user: '1000:1000', securityContext: {}, result: 'Running' },
  { image: 'name', user: 'app', securityContext: {}, result: 'container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root' },
  { image: 'root', user: 'root', securityContext: {}, result: 'container has runAsNonRoot and image has non-numeric user (root), cannot verify user is non-root' },
  { image: 'zero', user: '0', securityContext: {}, result: 'container has runAsNonRoot and image will run as root' },
  { image: 'none', user: '', securityContext: {}, result: 'container has runAsNonRoot and image will run as root' },
  { image: 'name', user: 'app', securityContext: { runAsUser: 1000 }, result: 'Running' },
  { image: 'root', user: 'root', securityContext: { runAsUser: 1000 }, result: 'Running' },
  { image: 'zero', user: '0', securityContext: { runAsUser: 1000 }, result: 'Running' },
  { image: 'none', user: '', securityContext: { runAsUser: 1000 }, result: 'Running' }
]

/** What a kubelet says of images by their USER, where the pod sets runAsNonRoot. */
export function users (installed: () => Installed): void {
  beforeAll(async () => {
    const { node, layers } = installed()
    const images = new Map(userRows.map(({ image, user }) => [image, user]))
    await node.load([...images].map(([image, user]) => ({
      name: `registry.example.com/user-${image}:1`,
      layers: [layers.shell],
      config: { Entrypoint: ['/bin/sleep', '1000'], ...(user !== '' && { User: user }) }
    })))
  })

  test.for(userRows.map((row, index) => ({ ...row, name: `user-${index}` })))('USER $user with $securityContext: $result', async ({ image, securityContext, result, name }) => {
    const pod = agentPod(acme, name)
    const [container] = valueAt(pod, 'spec.containers') as Array<{ securityContext: object }>
    await as('ada@acme.example').create(agentPod(acme, name, {
      container: { image: `registry.example.com/user-${image}:1`, securityContext: { ...container?.securityContext, ...securityContext } }
    }))
    const seen = await eventually(async () => {
      const { state } = valueAt(await client().get({ apiVersion: 'v1', kind: 'Pod', namespace: acme, name }), 'status.containerStatuses.0') as {
        state: { running?: object, waiting?: { reason: string, message?: string } }
      }
      if (state.running !== undefined) return 'Running'
      if (state.waiting?.message === undefined) throw new Error(`it waits: ${state.waiting?.reason}`)
      return state.waiting.message
    })
    expect(seen.replace(/ \(pod: .*$/, '')).toBe(result)
    await client().delete({ apiVersion: 'v1', kind: 'Pod', namespace: acme, name })
  })
}
