import { podSecurityPrefix } from '../../api/group.ts'
import type { PodDefaults } from '../../api/pod-defaults.ts'
import type { PodSecurity } from '../../api/tenant-class.ts'

/** Filling in what restricted requires would refuse pods that another standard allows. */
export function fillsInPodSecurity (defaults: PodDefaults, { enforce }: PodSecurity): boolean {
  return defaults.podSecurity && enforce === 'restricted'
}

/**
 * The labels by which the API server enforces Pod Security Standards. It audits and warns about the templates of workloads as they are
 * written, before anything is filled in, so these modes are off where pods are filled in: the warnings of guardrails know both. Without a
 * label, a namespace would warn about the enforced standard.
 */
export function podSecurityLabels (podSecurity: PodSecurity, defaults: PodDefaults): Record<string, string> {
  const { version, enforce, audit, warn } = podSecurity
  const levels = fillsInPodSecurity(defaults, podSecurity) ? { enforce, warn: 'privileged' } : { enforce, audit, warn }
  return Object.fromEntries(Object.entries(levels).flatMap(([mode, level]) => [
    [`${podSecurityPrefix}${mode}`, level],
    [`${podSecurityPrefix}${mode}-version`, version]
  ]))
}
