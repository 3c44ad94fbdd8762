import { describe, expect, it } from 'vitest'
import { render } from './render.ts'

const withoutSchema = '--skip-schema-validation'

/** By the schema, and by the templates without it. Contradictory values are in chart/tests. */
describe('rejected values', () => {
  const cases: Array<[sentence: string, args: string[], message: string]> = [
    ['an unknown value', ['--set', 'guardrail.enabled=false'], "additional properties 'guardrail' not allowed"],
    [
      'a nested unknown value',
      ['--set', 'tls.certManger.enabled=true'],
      "at '/tls': additional properties 'certManger' not allowed"
    ],
    ['text instead of a number', ['--set-string', 'replicaCount=two'], "at '/replicaCount': got string, want integer"],
    ['a URL with a path', ['--set', 'hook.url=https://elsewhere/hook'], "at '/hook/url'"],
    [
      'a class with an unknown field',
      ['--set', 'classes.default.quota.pods=5'],
      "at '/classes/default': additional properties 'quota' not allowed"
    ],
    [
      'a class name that is no label value',
      ['--set', 'classes.Big_One.quotas.tenant-quota.pods=5'],
      "invalid propertyName 'Big_One'"
    ],
    [
      'a class without roles',
      ['--set', 'classes.mine.quotas.tenant-quota.pods=5'],
      "at '/classes/mine': missing properties"
    ],
    [
      'an unknown level of pod security',
      ['--set', 'guardrails.podSecurity={open}'],
      "at '/guardrails/podSecurity/0': value must be one of 'restricted', 'baseline', 'privileged'"
    ],
    [
      'an unknown level of pod security, without the schema',
      [withoutSchema, '--set', 'guardrails.podSecurity={open}'],
      'guardrails.podSecurity contains "open": use restricted, baseline or privileged'
    ],
    [
      'a platform namespace that would change CEL',
      [withoutSchema, '--set-json', 'guardrails.platformNamespaces=["x\'] + [\'y"]'],
      'guardrails.platformNamespaces contains "x\'] + [\'y", which is not the name of a namespace'
    ],
    [
      'no level of pod security',
      [withoutSchema, '--set-json', 'guardrails.podSecurity=[]'],
      'guardrails.podSecurity is empty'
    ],
    [
      'no break-glass group',
      [withoutSchema, '--set-json', 'guardrails.breakGlassGroups=[]'],
      'guardrails.breakGlassGroups is empty'
    ],
    [
      'a group that would end a CEL string',
      [withoutSchema, '--set-json', 'guardrails.breakGlassGroups=["x\'] || true || y in [\'z"]'],
      'use a name without quotes'
    ],
    [
      'groups as a map, whose keys would not be checked',
      [withoutSchema, '--set-json', 'guardrails.breakGlassGroups={"x\'] || true || y in [\'z": "ops"}'],
      'guardrails.breakGlassGroups is not a list'
    ],
    [
      'levels of pod security as a map',
      [withoutSchema, '--set-json', 'guardrails.podSecurity={"x\'] || true || y in [\'z": "baseline"}'],
      'guardrails.podSecurity is not a list'
    ],
    [
      'values of a version without sizing, by --reuse-values',
      [withoutSchema, '--set', 'sizing=null'],
      'sizing is missing: helm upgrade --reuse-values takes no defaults of a new version'
    ],
    [
      'a sizing between, without the schema',
      [withoutSchema, '--set', 'sizing=500'],
      'sizing is 500: use 100, 1000 or 10000'
    ],
    ['a sizing between', ['--set', 'sizing=500'], "at '/sizing': value must be one of 100, 1000, 10000"],
    [
      'a service account that would change CEL',
      [withoutSchema, '--set-json', 'metacontroller.serviceAccount.name="x\'] || true"'],
      'which is not the name of an object'
    ],
    ['an unknown shipped class', ['--set', 'classPresets={huge}'], "at '/classPresets/0': value must be one of"],
    [
      'an unknown shipped class, without the schema',
      [withoutSchema, '--set', 'classPresets={huge}'],
      'classPresets contains "huge", which is no shipped class: use default, large, sandbox, small or standard'
    ],
    ['an unsupported Kubernetes', ['--kube-version', '1.33.9'], 'chart requires kubeVersion: >=1.34.0-0'],
    [
      'alerts without the Prometheus operator, with failIfMissing',
      ['--set', 'prometheusRule.enabled=true,prometheusRule.renderMode=failIfMissing'],
      'install the Prometheus operator, or set renderMode'
    ]
  ]

  it.each(cases)('%s', async (_, args, message) => {
    const output = await render(args).then(() => 'no error', (error: unknown) => String(error))
    expect(output).toContain(message)
  })
})
