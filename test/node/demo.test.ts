import { expect, test } from 'vitest'
import { repositoryPath } from '../cluster/paths.ts'
import { attempt } from '../support/run.ts'

test('the demo with --node shows a workload that its own namespace reaches, and the next does not', async () => {
  const { code, stdout, stderr } = await attempt(process.execPath, ['--import', 'tsx', 'test/demo/main.ts', '--node', '--once'], { cwd: repositoryPath('') })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/✓ from tenant-acme-shop to web\.tenant-acme-shop\.svc:8080: web-\S+ answers\n/)
  expect(stdout).toMatch(/✓ from tenant-globex-web to web\.tenant-acme-shop\.svc:8080: no answer/)
  expect(stdout).toContain('0 API writes in 10 s')
})
