import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FurtherNamespace } from '../../src/api/further-namespace.ts'
import { renderFiles } from '../../src/cli/render.ts'
import { objectOnPage, objectsOnPage, type PageObject } from '../support/page-objects.ts'
import { defaultClass, tenant } from '../support/objects.ts'

/** Renders objects as `k8s-mtp render` does, which refuses what the API server or the hook would refuse. */
async function render (objects: object[]): Promise<{ names: string[], warnings: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'k8s-mtp-guides-'))
  onTestFinished(async () => rm(folder, { recursive: true }))
  for (const [index, object] of objects.entries()) await writeFile(join(folder, `${index}.json`), JSON.stringify(object))
  const warnings: string[] = []
  const manifests = await renderFiles([folder], {}, new Date('2026-11-22T12:00:00Z'), line => warnings.push(line))
  return { names: manifests.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name), warnings }
}

describe('From company rules to classes', () => {
  const page = 'docs/guides/company-rules.md'

  it('has a class and a Tenant that render without warnings', async () => {
    expect(await render([objectOnPage(page, 'TenantClass'), objectOnPage(page, 'Tenant')]))
      .toEqual({ names: ['tenant-shop-dev', 'tenant-shop-staging', 'tenant-shop-prod'], warnings: [] })
  })
})

describe('Moving in', () => {
  const page = 'docs/guides/moving-in.md'
  // Entries of existing namespaces are not part of the schema yet.
  const hasExisting = 'existing' in FurtherNamespace.properties
  const isSupported = (object: PageObject) => hasExisting || !JSON.stringify(object).includes('"existing"')
  const objects = objectsOnPage(page)

  it('has objects', () => {
    expect(objects.length).toBeGreaterThan(0)
  })

  it.each(objects.filter(isSupported).map((object, index) => [object.kind ?? 'part of a class', index, object] as const))('has a valid %s (%#)', async (_, __, object) => {
    const whole = object.kind === 'Tenant' ? object : tenant()
    await expect(render([whole, defaultClass(spec => { if (object.kind === undefined) Object.assign(spec, object.spec) })])).resolves.toBeDefined()
  })
})
