import { describe, expect, it } from 'vitest'
import { inFolders } from './launch.ts'

const mounts = [{ mountPath: '/etc/k8s-mtp', folder: '/tmp/a' }, { mountPath: '/etc/k8s-mtp/tls', folder: '/tmp/b' }]

describe('a path of a volume in an argument or a variable', () => {
  it.each([
    ['is where the volume is here', '/etc/k8s-mtp/classes/gold.yaml', '/tmp/a/classes/gold.yaml'],
    ['may be the volume itself', '/etc/k8s-mtp', '/tmp/a'],
    ['is of the deepest volume', '/etc/k8s-mtp/tls/tls.crt', '/tmp/b/tls.crt'],
    ['may stand behind an equals sign', '--filename=/etc/k8s-mtp/tls', '--filename=/tmp/b'],
    ['is not of a volume whose name goes on', '/etc/k8s-mtp-other/x', '/etc/k8s-mtp-other/x'],
    ['is not looked for inside of a text', 'see /etc/k8s-mtp/tls', 'see /etc/k8s-mtp/tls']
  ])('%s', (_, text, expected) => {
    expect(inFolders(text, mounts)).toBe(expected)
  })
})
