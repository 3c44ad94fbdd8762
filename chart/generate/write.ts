import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { repositoryPath } from '../../test/cluster/paths.ts'
import { filesFromSrc, type ChartFile } from './from-src.ts'
import { filesFromValues } from './from-values.ts'

// npm run chart. Files generated from values.yaml come after values.yaml itself.
await Promise.all(['classes', 'crds', 'defaults', 'guardrails', 'rbac'].map(async folder => {
  await rm(repositoryPath(`chart/files/${folder}`), { recursive: true, force: true })
}))
await rm(repositoryPath('chart/charts/metacontroller-crds/crds'), { recursive: true, force: true })
await write(await filesFromSrc())
await write(await filesFromValues())

async function write (files: ChartFile[]): Promise<void> {
  await Promise.all(files.map(async ({ path, text }) => {
    const file = repositoryPath(`chart/${path}`)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }))
}
