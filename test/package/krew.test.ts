import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { packageVersion } from '../../src/version.ts'
import { repositoryPath } from '../cluster/paths.ts'
import { attempt } from '../support/run.ts'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-krew-')) })
afterEach(() => { rmSync(folder, { recursive: true }) })

const krew = async () => await attempt(process.execPath, ['--import', 'tsx', 'release/krew.ts', folder], { cwd: repositoryPath('.') })

describe('the manifest for krew', () => {
  it('has the checksum and the address of each archive', async () => {
    const names = ['k8s-mtp_darwin_arm64.tar.gz', 'k8s-mtp_linux_amd64.tar.gz', 'k8s-mtp_windows_amd64.tar.gz']
    for (const name of names) writeFileSync(join(folder, name), name)
    const { code, stdout } = await krew()
    expect(code).toBe(0)
    const { metadata, spec } = parse(stdout) as { metadata: { name: string }, spec: { version: string, platforms: Array<Record<string, unknown>> } }
    expect([metadata.name, spec.version]).toEqual(['mtp', `v${packageVersion}`])
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
    expect(spec.platforms.map(platform => [platform['sha256'], platform['bin'], platform['uri']])).toEqual(names.map(name => [
      sha256(name),
      name.includes('windows') ? 'k8s-mtp.exe' : 'k8s-mtp',
      `https://github.com/k8s-mtp/k8s-mtp/releases/download/v${packageVersion}/${name}`
    ]))
  })

  it.each([['an empty folder', []], ['another file', ['k8s-mtp_linux_amd64.tar.gz', 'sums.txt']]])('refuses %s', async (_, names) => {
    for (const name of names) writeFileSync(join(folder, name), '')
    expect(await krew()).toMatchObject({ code: 1, stdout: '' })
  })
})
