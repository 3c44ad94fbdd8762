import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A Secret or ConfigMap as the kubelet mounts it: its files are symlinks through one symlink to a folder, which is swapped. */
export interface Mounted {
  /** The path of a key. */
  file (key: string): string
  /** Replaces all keys at once, as the kubelet does for a changed Secret. */
  swap (data: Record<string, string>): void
  remove (): void
}

/** Source: AtomicWriter in pkg/volume/util of Kubernetes. */
export function mount (data: Record<string, string>): Mounted {
  const folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-mounted-'))
  let version = 0
  const mounted: Mounted = {
    file: key => join(folder, key),
    swap (content) {
      const name = `..${++version}`
      mkdirSync(join(folder, name))
      for (const [key, value] of Object.entries(content)) writeFileSync(join(folder, name, key), value)
      symlinkSync(name, join(folder, '..data_tmp'))
      renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
      if (version > 1) rmSync(join(folder, `..${version - 1}`), { recursive: true })
    },
    remove: () => { rmSync(folder, { recursive: true, force: true }) }
  }
  mounted.swap(data)
  for (const key of Object.keys(data)) symlinkSync(join('..data', key), join(folder, key))
  return mounted
}

/** Mounts until the test has finished; concurrent tests pass their own `onTestFinished`. */
export function mountForTest (data: Record<string, string>, finished: typeof onTestFinished = onTestFinished): Mounted {
  const mounted = mount(data)
  finished(mounted.remove)
  return mounted
}
