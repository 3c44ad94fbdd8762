import { describe, expect, it } from 'vitest'
import { render } from './render.ts'

const withoutSchema = '--skip-schema-validation'

/** By the schema, and what is refused without it too. What contradicts itself is in chart/tests. */
describe('values that helm refuses', () => {
  const cases: Array<[sentence: string, args: string[], says: string]> = [
    ['a mistyped name', ['--set', 'guardrail.enabled=false'], "additional properties 'guardrail' not allowed"],
    ['a mistyped name further down', ['--set', 'tls.certManger.enabled=true'], "at '/tls': additional properties 'certManger' not allowed"],
    ['text where a number is due', ['--set-string', 'replicaCount=two'], "at '/replicaCount': got string, want integer"],
    ['a URL with a path', ['--set', 'hook.url=https://elsewhere/hook'], "at '/hook/url'"],
    ['a class with a mistyped name', ['--set', 'classes.default.quota.pods=5'], "at '/classes/default': additional properties 'quota' not allowed"],
    ['a class that no label could name', ['--set', 'classes.Big_One.quotas.tenant-quota.pods=5'], "invalid propertyName 'Big_One'"],
    ['a class that lacks its roles', ['--set', 'classes.mine.quotas.tenant-quota.pods=5'], "at '/classes/mine': missing properties"],
    ['a level of pod security that is none', ['--set', 'guardrails.podSecurity={open}'], "at '/guardrails/podSecurity/0': value must be one of 'restricted', 'baseline', 'privileged'"],
    ['the same without a schema', [withoutSchema, '--set', 'guardrails.podSecurity={open}'], 'guardrails.podSecurity is of restricted, baseline and privileged, not "open"'],
    ['no level at all', [withoutSchema, '--set-json', 'guardrails.podSecurity=[]'], 'guardrails.podSecurity is empty'],
    ['nobody to act in an emergency', [withoutSchema, '--set-json', 'guardrails.breakGlassGroups=[]'], 'nobody could act in an emergency'],
    ['a group that would end a string of CEL', [withoutSchema, '--set-json', 'guardrails.breakGlassGroups=["x\'] || true || y in [\'z"]'], 'cannot be used: the name of a group has no quotes'],
    ['groups that are no list, whose names would go by unseen', [withoutSchema, '--set-json', 'guardrails.breakGlassGroups={"x\'] || true || y in [\'z": "ops"}'], 'guardrails.breakGlassGroups is a list'],
    ['levels of pod security that are no list', [withoutSchema, '--set-json', 'guardrails.podSecurity={"x\'] || true || y in [\'z": "baseline"}'], 'guardrails.podSecurity is a list'],
    ['no service account, as then no guardrail would bind the engine', ['--set', 'metacontroller.serviceAccount.name=null'], 'metacontroller.serviceAccount.name is the name of an object in lower case'],
    ['a service account that would become CEL', [withoutSchema, '--set-json', 'metacontroller.serviceAccount.name="x\'] || true"'], 'metacontroller.serviceAccount.name is the name of an object in lower case'],
    ['a Kubernetes that is too old', ['--kube-version', '1.33.9'], 'chart requires kubeVersion: >=1.34.0-0'],
    ['alerts where nobody knows them, if that was asked for', ['--set', 'prometheusRule.enabled=true,prometheusRule.renderMode=failIfMissing'], 'install the Prometheus operator first']
  ]

  it.each(cases)('%s', async (_, args, says) => {
    const said = await render(args).then(() => 'nothing: it was rendered', (error: unknown) => String(error))
    expect(said).toContain(says)
  })
})
