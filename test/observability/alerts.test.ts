import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { readAlerts, shippedFiles } from '../../observability/alerts.ts'
import { promtool } from './promtool.ts'

/** One file per alert, in the format of `promtool test rules`. */
const cases = new URL('alerts/', import.meta.url)
const alerts = readAlerts()
const names = [...new Set(alerts.map(({ alert }) => alert))].sort()

interface CaseFile {
  tests: {
    name: string
    alert_rule_test: { alertname: string; exp_alerts: { exp_labels: { severity: string } }[] }[]
  }[]
}
const casesOf = (name: string) => (parse(readFileSync(new URL(`${name}.yaml`, cases), 'utf8')) as CaseFile).tests

describe('the shipped alerts', { timeout: 60_000 }, () => {
  it('pass promtool check rules', async () => {
    const result = await promtool(['check', 'rules', '--lint=all', '--lint-fatal', fileURLToPath(new URL('alerts.yaml', shippedFiles))])
    expect(result.output).toContain(`SUCCESS: ${alerts.length} rules found`)
    expect(result.code).toBe(0)
  })

  it('pass promtool test rules', async () => {
    const result = await promtool(['test', 'rules', ...names.map(name => `${name}.yaml`)], { cwd: cases })
    expect(result.output).not.toContain('FAILED')
    expect(result.code).toBe(0)
  })

  it('have one file of cases each', () => {
    expect(readdirSync(cases).sort()).toEqual(names.map(name => `${name}.yaml`))
  })

  it.each(names)('%s has a case that fires for each severity, and one that never fires', name => {
    const tests = casesOf(name)
    expect(tests.flatMap(test => test.alert_rule_test).filter(({ alertname }) => alertname !== name)).toEqual([])
    const fired = tests.flatMap(test =>
      test.alert_rule_test.flatMap(({ exp_alerts: expected }) =>
        expected.map(({ exp_labels: { severity } }) => severity)
      )
    )
    expect(new Set(fired)).toEqual(new Set(alerts.filter(({ alert }) => alert === name).map(({ labels }) => labels.severity)))
    expect(tests.filter(({ alert_rule_test: steps }) => steps.every(({ exp_alerts: expected }) => expected.length === 0))).not.toEqual([])
  })

  it.each(alerts)('$alert ($labels.severity) has a severity, summary, description and runbook', ({ alert, labels, annotations }) => {
    expect(Object.keys(labels)).toEqual(['severity'])
    expect(['warning', 'critical']).toContain(labels.severity)
    expect(Object.keys(annotations)).toEqual(['summary', 'description', 'runbook_url'])
    expect(annotations.runbook_url).toBe(`https://github.com/k8s-mtp/k8s-mtp/blob/main/docs/runbooks/${alert}.md`)
  })

  it('report Metacontroller as down only after two resyncs of all Tenants', () => {
    const controllers = parseAllDocuments(readFileSync(new URL('../../metacontroller/composite-controller.yaml', import.meta.url), 'utf8'))
    const [controller] = controllers.map(document => document.toJS() as { spec: { resyncPeriodSeconds: number } })
    const [, minutes] = /hook="sync"}\[(\d+)m\]/.exec(alerts.find(({ alert }) => alert === 'K8sMtpMetacontrollerDown')?.expr ?? '') ?? []
    expect(Number(minutes) * 60).toBeGreaterThan(2 * (controller?.spec.resyncPeriodSeconds ?? Infinity))
  })
})
