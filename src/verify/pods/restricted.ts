import { fieldsAt, listAt, type Fields } from '../../kubernetes/json.ts'
import type { Control } from './control.ts'
import { withContext, withPodContext, withSpec } from './pod-trial.ts'

/** The securityContext of a pod, or of its first container, after admission. */
const contextOf = (pod: Fields): Fields => fieldsAt(fieldsAt(pod, 'spec'), 'securityContext')
function containerContextOf (pod: Fields): Fields {
  const [container] = listAt(fieldsAt(pod, 'spec'), 'containers')
  return container === undefined ? {} : fieldsAt(container, 'securityContext')
}

export const restricted: readonly Control[] = [
  {
    id: 'pod-volume-types',
    title: 'Volumes of other types are refused',
    why: 'Plugins of some types have read files of the node, or run programs there.',
    what: 'a gitRepo volume',
    control: /volume/,
    change: pod => withSpec(pod, { volumes: [{ name: 'repo', gitRepo: { repository: 'https://example.com/repo.git' } }] })
  },
  {
    id: 'pod-privilege-escalation',
    title: 'Privilege escalation is refused',
    why: 'With it, a program with setuid gets more than its container.',
    benchmarks: ['MTB-PL1-BC-CPI-6'],
    what: 'allowPrivilegeEscalation: true',
    control: /allowPrivilegeEscalation/,
    change: pod => withContext(pod, { allowPrivilegeEscalation: true })
  },
  {
    id: 'pod-run-as-non-root',
    title: 'Containers that may run as root are refused',
    why: 'Root in the container is root on the node once it gets out.',
    benchmarks: ['MTB-PL1-BC-CPI-4'],
    what: 'runAsNonRoot: false',
    control: /runAsNonRoot/,
    change: pod => withContext(withPodContext(pod, { runAsNonRoot: false }), { runAsNonRoot: false })
  },
  {
    id: 'pod-run-as-user',
    title: 'The user 0 is refused',
    why: 'Root in the container is root on the node once it gets out.',
    benchmarks: ['MTB-PL1-BC-CPI-4'],
    what: 'runAsUser: 0',
    control: /runAsUser/,
    change: pod => withContext(pod, { runAsUser: 0 })
  },
  {
    id: 'pod-seccomp-profile',
    title: 'Pods without a seccomp profile are refused, or get one',
    why: 'Without a profile, some runtimes allow all system calls.',
    what: 'no seccompProfile',
    control: /seccompProfile/,
    change: pod => withSpec(pod, { securityContext: { runAsNonRoot: true } }),
    isHarmless: pod => 'seccompProfile' in contextOf(pod) || 'seccompProfile' in containerContextOf(pod)
  },
  {
    id: 'pod-dropped-capabilities',
    title: 'Containers that keep capabilities are refused',
    why: 'CHOWN, SETUID and the like are of use to an attacker in the container.',
    benchmarks: ['MTB-PL1-BC-CPI-3'],
    what: 'capabilities.drop without ALL',
    control: /capabilities/,
    change: pod => withContext(pod, { capabilities: { drop: ['CHOWN'] } })
  }
]
