import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { renderFiles, serialise } from '../../src/cli/render.ts'

const folder = new URL('./', import.meta.url)
const cases = readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isDirectory()).map(({ name }) => name)

/** What people write, beside what it comes to; the end-to-end suite shows that the API server stores it just so. */
describe('what a Tenant comes to', () => {
  it.each(cases)('%s', async name => {
    const manifests = await renderFiles(new URL(`${name}/input.yaml`, folder).pathname)
    await expect(serialise(manifests, 'yaml')).toMatchFileSnapshot(new URL(`${name}/expected.yaml`, folder).pathname)
  })
})
