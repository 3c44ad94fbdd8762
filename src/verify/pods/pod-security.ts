import { skipped, type Check, type Family, type Result } from '../check.ts'
import type { Context } from '../context.ts'
import { baseline } from './baseline.ts'
import type { Control, Standard } from './control.ts'
import { judgePod } from './base-pod.ts'
import type { PodTrial } from './pod-trial.ts'
import { restricted } from './restricted.ts'
import { judgeTemplates } from './templates.ts'

const remedy = {
  baseline: 'Set spec.podSecurity.enforce of the TenantClass to restricted or baseline; in a namespace without a Tenant, ' +
    'the label pod-security.kubernetes.io/enforce.',
  restricted: 'Set spec.podSecurity.enforce of the TenantClass to restricted; in a namespace without a Tenant, ' +
    'the label pod-security.kubernetes.io/enforce.'
}

function checkOf (standard: Standard, { id, title, why, benchmarks, ...trial }: Control): Check {
  return {
    id,
    level: standard === 'baseline' ? 1 : 2,
    title,
    why,
    remedy: remedy[standard],
    ...(benchmarks !== undefined && { benchmarks }),
    judge: async context => await judgeControl(context, standard, trial)
  }
}

async function judgeControl (context: Context, standard: Standard, trial: PodTrial): Promise<Result> {
  const { tenantClass } = context.target.tenant ?? {}
  const enforce = tenantClass?.spec.podSecurity.enforce ?? 'restricted'
  if (standard === 'restricted' && enforce !== 'restricted') {
    return skipped(`TenantClass ${tenantClass?.metadata.name ?? ''} enforces only ${enforce}`)
  }
  return await judgePod(context, trial)
}

export const podSecurity: Family = {
  id: 'pod-security',
  title: 'Pod security',
  checks: [
    ...baseline.map(control => checkOf('baseline', control)),
    ...restricted.map(control => checkOf('restricted', control)),
    {
      id: 'pod-of-controller',
      level: 1,
      title: 'Pods of controllers are refused like others',
      why: 'A Deployment or Job is created without a judgement on its pods, and its controller creates them.',
      remedy: remedy.baseline,
      judge: judgeTemplates
    }
  ]
}
