import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readDocuments } from '../../../src/cli/input/source-documents.ts'

let folder = ''
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-files-')) })
afterEach(() => { rmSync(folder, { recursive: true }) })

describe('readDocuments', () => {
  it('reads each file of a mounted ConfigMap once, under its visible name', async () => {
    mkdirSync(join(folder, '..2026_11_25'))
    writeFileSync(join(folder, '..2026_11_25', 'gold.yaml'), 'a: 1')
    symlinkSync('..2026_11_25', join(folder, '..data'))
    symlinkSync('..data/gold.yaml', join(folder, 'gold.yaml'))
    const documents = await readDocuments([folder])
    expect(documents.map(({ file, value }) => ({ file, value }))).toEqual([{ file: join(folder, 'gold.yaml'), value: { a: 1 } }])
  })

  it('skips broken links and links to folders', async () => {
    writeFileSync(join(folder, 'a.yaml'), 'a: 1')
    symlinkSync('user@host.1234', join(folder, '.#a.yaml'))
    mkdirSync(join(folder, 'b'))
    symlinkSync('b', join(folder, 'b.yaml'))
    expect((await readDocuments([folder])).map(({ file }) => file)).toEqual([join(folder, 'a.yaml')])
  })
})
