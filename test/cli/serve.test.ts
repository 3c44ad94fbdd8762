import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { repositoryPath } from '../cluster/paths.ts'

test.each([
  ['settings that exclude each other', { K8S_MTP_CLIENT_CA_FILE: '/ca.crt' }, /^error: K8S_MTP_CLIENT_CA_FILE requires HTTPS.*\n$/],
  ['a missing file', { K8S_MTP_TOKEN_FILE: '/does/not/exist' }, /^error: K8S_MTP_TOKEN_FILE=\/does\/not\/exist cannot be read: ENOENT.*\n$/]
])('serve exits with one line about %s', (_, settings, message) => {
  const { status, stderr, stdout } = spawnSync(process.execPath, ['--import', 'tsx', 'src/main.ts', 'serve'], { cwd: repositoryPath(''), env: { ...process.env, ...settings }, encoding: 'utf8' })
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toMatch(message)
})
