import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { shippedFiles } from '../../observability/alerts.ts'
import type { Sample } from './exposition.ts'
import { promtool } from './promtool.ts'

/** Expected value of an expression, in the format of `promtool test rules`. */
export interface Expected { expr: string, exp_samples: { labels: string, value: number }[] }

/** Expects exactly these alerts to fire; each by its labels, including `alertname`. */
export function firing (alerts: Record<string, string>[]): Expected {
  return {
    expr: 'ALERTS{alertstate="firing"}',
    exp_samples: alerts.map(labels => ({ labels: selector('ALERTS', { ...labels, alertstate: 'firing' }), value: 1 }))
  }
}

/** Expects a non-empty result. */
export function something (expr: string): Expected {
  return { expr: `clamp_max(count(${expr}) or vector(0), 1)`, exp_samples: [{ labels: '{}', value: 1 }] }
}

/** Expects a result without an error, empty or not: operands that do not match are errors. */
export function anything (expr: string): Expected {
  return { expr: `(count(${expr}) or vector(0)) >= bool 0`, exp_samples: [{ labels: '{}', value: 1 }] }
}

/** Evaluates the shipped rules after 40 minutes of constant samples. Returns the output of promtool, empty if all is as expected. */
export async function objectionsTo (expected: Expected[], samples: Sample[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-samples-'))
  try {
    writeFileSync(join(folder, 'test.yaml'), stringify({
      rule_files: [fileURLToPath(new URL('alerts.yaml', shippedFiles))],
      evaluation_interval: '1m',
      tests: [{
        interval: '1m',
        input_series: samples.map(({ name, labels, value }) => ({ series: selector(name, labels), values: `${value}x41` })),
        promql_expr_test: expected.map(test => ({ ...test, eval_time: '40m' }))
      }]
    }))
    const { code, output } = await promtool(['test', 'rules', join(folder, 'test.yaml')])
    return code === 0 ? '' : output
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function selector (name: string, labels: Record<string, string>): string {
  return `${name}{${Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}}`
}
