import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { shippedFiles } from '../../observability/alerts.ts'
import type { Sample } from './exposition.ts'
import { promtool } from './promtool.ts'

/** An alert by its labels, `alertname` among them. */
export type Firing = Record<string, string>

/**
 * Whether exactly these alerts fire when what was scraped has stayed so for 40 minutes, by the rules that are shipped. Gives what promtool
 * has against it; nothing where it is so.
 */
export async function objectionsTo (firing: Firing[], samples: Sample[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-alerts-'))
  const selector = (name: string, labels: Record<string, string>): string => `${name}{${Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}}`
  try {
    writeFileSync(join(folder, 'test.yaml'), stringify({
      rule_files: [fileURLToPath(new URL('alerts.yaml', shippedFiles))],
      evaluation_interval: '1m',
      tests: [{
        interval: '1m',
        input_series: samples.map(({ name, labels, value }) => ({ series: selector(name, labels), values: `${value}x41` })),
        promql_expr_test: [{
          expr: 'ALERTS{alertstate="firing"}',
          eval_time: '40m',
          exp_samples: firing.map(labels => ({ labels: selector('ALERTS', { ...labels, alertstate: 'firing' }), value: 1 }))
        }]
      }]
    }))
    const { code, output } = await promtool(['test', 'rules', join(folder, 'test.yaml')])
    return code === 0 ? '' : output
  } finally {
    rmSync(folder, { recursive: true })
  }
}
