import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { repositoryPath } from '../../test/cluster/paths.ts'
import { filesMadeOfSrc, type ChartFile } from './made-of-src.ts'
import { filesMadeOfValues } from './made-of-values.ts'

/** `npm run chart`: writes what of the chart is made. What is made of values.yaml comes after values.yaml. */
await Promise.all(['crds', 'guardrails', 'rbac'].map(async folder => { await rm(repositoryPath(`chart/files/${folder}`), { recursive: true, force: true }) }))
await write(await filesMadeOfSrc())
await write(await filesMadeOfValues())

async function write (files: ChartFile[]): Promise<void> {
  await Promise.all(files.map(async ({ path, text }) => {
    const file = repositoryPath(`chart/${path}`)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }))
}
