import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packageVersion } from '../../src/version.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { helmVersions, tool } from '../tools/tools.ts'
import { filesBelow } from './files.ts'
import { run } from './program.ts'

describe.runIf(existsSync(repositoryPath('chart/Chart.yaml')))('the chart', () => {
  it.each(helmVersions)('is packaged by %s with the name that the release workflow pushes', async helm => {
    const folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-chart-'))
    try {
      const result = await run({
        command: 'release/chart.sh',
        args: [folder],
        cwd: repositoryPath('.'),
        env: { ...process.env, HELM: await tool(helm) }
      })
      expect(result).toMatchObject({ code: 0 })
      expect(filesBelow(folder)).toEqual([`k8s-mtp-${packageVersion}.tgz`])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
