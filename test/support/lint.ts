import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { lintFiles } from '../../src/cli/lint/lint-files.ts'
import type { LintReport } from '../../src/cli/lint/report.ts'

type Options = Parameters<typeof lintFiles>[1]

/** Lints files in a folder of their own; the files of the report are relative to it. */
export async function lintTexts (files: Record<string, string>, options: Options = {}, now = new Date('2026-11-27T12:00:00Z')): Promise<LintReport> {
  const folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-lint-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    const report = await lintFiles([folder], options, now)
    return { ...report, findings: report.findings.map(finding => ({ ...finding, file: finding.file.replace(`${folder}/`, '') })) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A Tenant with an admin, and these lines in its spec. */
export function tenantText (name: string, ...spec: string[]): string {
  return ['apiVersion: k8s-mtp.dev/v1', 'kind: Tenant', `metadata: {name: ${name}}`, 'spec:', '  name: shop',
    '  admins: [{kind: Group, name: acme-leads}]', ...spec.map(line => `  ${line}`), ''].join('\n')
}
