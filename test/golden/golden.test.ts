import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { renderFiles, serialise } from '../../src/cli/render.ts'

const folder = new URL('./', import.meta.url)
const cases = readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isDirectory()).map(({ name }) => name)

/** Tenants beside their objects; the end-to-end suite proves that the API server stores exactly these. */
describe('the objects of a Tenant', () => {
  it.each(cases)('%s', async name => {
    const manifests = await renderFiles([new URL(`${name}/input.yaml`, folder).pathname])
    await expect(serialise(manifests, 'yaml')).toMatchFileSnapshot(new URL(`${name}/expected.yaml`, folder).pathname)
  })
})
