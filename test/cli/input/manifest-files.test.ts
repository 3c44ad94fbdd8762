import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readDocuments } from '../../../src/cli/input/manifest-files.ts'

let folder = ''
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-files-')) })
afterEach(() => { rmSync(folder, { recursive: true }) })

describe('the documents of a folder', () => {
  it('are those of a mounted ConfigMap, once each and by the names that people gave', async () => {
    mkdirSync(join(folder, '..2026_11_25'))
    writeFileSync(join(folder, '..2026_11_25', 'gold.yaml'), 'a: 1')
    symlinkSync('..2026_11_25', join(folder, '..data'))
    symlinkSync('..data/gold.yaml', join(folder, 'gold.yaml'))
    expect((await readDocuments(folder)).map(({ file, value }) => ({ file, value }))).toEqual([{ file: join(folder, 'gold.yaml'), value: { a: 1 } }])
  })

  it('are without those of links that lead nowhere or to a folder', async () => {
    writeFileSync(join(folder, 'a.yaml'), 'a: 1')
    symlinkSync('user@host.1234', join(folder, '.#a.yaml'))
    mkdirSync(join(folder, 'b'))
    symlinkSync('b', join(folder, 'b.yaml'))
    expect((await readDocuments(folder)).map(({ file }) => file)).toEqual([join(folder, 'a.yaml')])
  })
})
