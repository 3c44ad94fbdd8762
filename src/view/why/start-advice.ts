import { fieldsAt, listAt, textAt, type Fields } from '../../kubernetes/json.ts'
import { plural } from '../../plural.ts'
import { shellQuoted } from '../../shell-quoted.ts'
import { pageOf, type Cause } from './cause.ts'
import type { StartProblem } from './observed-pod.ts'
import { sentences } from './refusals.ts'

/** The pod whose commands are shown, and the bounds of its namespace. */
export interface AboutPod {
  namespace: string
  pod: string
  /** The spec of the WorkloadPolicy; empty where it is unknown. */
  policy: Fields
}

type Advice = Pick<Cause, 'message' | 'commands' | 'page'>

const page = pageOf('tenants.md#my-pod-was-admitted-and-does-not-start')

/** What to do about a pod that does not start. */
export function startAdvice (problem: StartProblem, about: AboutPod): Advice {
  if (problem.container === undefined) return scheduleAdvice(problem, about)
  const { text, remedy, command } = containerAdvice(problem)
  return { message: sentences(`container ${problem.container}: ${text}`, remedy), commands: [command(about)], page }
}

type Command = (about: AboutPod) => string

const kubectl = (about: AboutPod, command: string) => `kubectl --namespace ${shellQuoted(about.namespace)} ${command}`
const describe: Command = about => kubectl(about, `describe pod ${shellQuoted(about.pod)}`)
const events: Command = about => kubectl(about, `events --for pod/${shellQuoted(about.pod)}`)
const secretsAndConfigMaps: Command = about => kubectl(about, 'get secrets,configmaps')

interface ContainerAdvice { text: string, remedy: string, command: Command }

/** What the kubelet reports of containers: the first that fits counts. Source: k8s.io/kubernetes/pkg/kubelet/{container,images} */
const containerProblems: Array<{ says: RegExp, remedy: string, command: Command }> = [
  {
    says: /^(Err)?Image|InvalidImageName/,
    remedy: 'Correct the name of the image, or add imagePullSecrets, and check that nodes reach the registry',
    command: describe
  },
  {
    says: /(secret|configmap) "[^"]*" not found|couldn't find key|references non-existent/,
    remedy: 'Create it, or correct its name in the pod template',
    command: secretsAndConfigMaps
  },
  {
    says: /runAsNonRoot|non-numeric user/,
    remedy: 'Set runAsUser to a number other than 0, or use an image with such a user',
    command: describe
  },
  { says: /^ContainerCreating/, remedy: 'Its events have the reason, such as a Secret or volume that is missing', command: events }
]

function containerAdvice (problem: StartProblem): ContainerAdvice {
  const { reason, message } = problem
  if (reason === 'CrashLoopBackOff') return crashAdvice(problem)
  const found = containerProblems.find(({ says }) => says.test(`${reason} ${message}`))
  const text = reason === 'ContainerCreating' ? 'it has been in creation for over two minutes' : message || reason
  return { text, ...found ?? { remedy: 'Correct the pod template, as the message says', command: describe } }
}

function crashAdvice ({ message, container = '', lastEnd }: StartProblem): ContainerAdvice {
  const text = lastEnd === undefined
    ? message
    : `it ended with exit code ${lastEnd.exitCode} (${lastEnd.reason}), and was restarted ${plural(lastEnd.restarts, 'time')}`
  if (lastEnd?.reason === 'OOMKilled') return { text, remedy: 'Raise its memory limit, or let it use less memory', command: describe }
  const logs: Command = about => kubectl(about, `logs ${shellQuoted(about.pod)} --container ${shellQuoted(container)} --previous`)
  return { text, remedy: 'Its output has the reason', command: logs }
}

const isAboutLabels = /node affinity\/selector|node selector/

/** What the scheduler reports, each about some nodes. Source: k8s.io/kubernetes/pkg/scheduler/framework/plugins */
const scheduling: Array<{ says: RegExp, remedy: (policy: Fields, message: string) => string }> = [
  { says: isAboutLabels, remedy: remedyOfLabels },
  { says: /untolerated taint/, remedy: remedyOfTaints },
  { says: /Insufficient|Too many pods/, remedy: () => 'Lower requests or replicas, or ask the platform team for nodes' },
  {
    says: /unbound immediate PersistentVolumeClaims|persistentvolumeclaim .* not found/i,
    remedy: () => 'Check the PersistentVolumeClaim: its name, StorageClass and events'
  },
  { says: /volume node affinity conflict/, remedy: () => 'The volume is in another zone than the nodes: ask the platform team' },
  { says: /unschedulable|were not ready/i, remedy: () => 'Nodes are cordoned or not ready: ask the platform team' },
  {
    says: /pod affinity|pod anti-affinity|topology spread/,
    remedy: () => 'Change affinity or topologySpreadConstraints of the pod template'
  },
  { says: /free ports/, remedy: () => 'Another pod has the host port on each node: remove hostPort' }
]

function scheduleAdvice ({ reason, message }: StartProblem, about: AboutPod): Advice {
  if (reason === 'SchedulingGated') {
    const text = 'schedulingGates of the pod keep it from the scheduler. The controller that set them has to remove them'
    return { message: text, commands: [describe(about)], page }
  }
  const remedies = scheduling.filter(({ says }) => says.test(message)).map(({ remedy }) => remedy(about.policy, message))
  const labels = labelsOf(about.policy)
  const isByLabels = labels.length > 0 && isAboutLabels.test(message)
  const claims = /PersistentVolumeClaim/i.test(message) ? [kubectl(about, 'get persistentvolumeclaims')] : []
  const commands = [...isByLabels ? [`kubectl get nodes --selector=${shellQuoted(labels.join(','))}`] : [], ...claims, describe(about)]
  return {
    message: sentences(withoutPreemption(message), remedies.join('. ') || 'Ask the platform team for nodes that fit'),
    commands: commands.slice(0, 2),
    page
  }
}

/** That no other pod can be evicted for it says nothing more. */
function withoutPreemption (message: string): string {
  return message.replace(/\.? preemption: .*$/s, '')
}

function labelsOf (policy: Fields): string[] {
  const labels = fieldsAt(fieldsAt(policy, 'pods'), 'nodeSelector')
  return Object.keys(labels).map(key => `${key}=${textAt(labels, key)}`)
}

function remedyOfLabels (policy: Fields): string {
  const labels = labelsOf(policy)
  return labels.length === 0
    ? 'Correct nodeSelector and affinity of the pod template, or ask the platform team for nodes with these labels'
    : `TenantClass ${textAt(policy, 'className')} requires nodes with ${labels.join(', ')}: if there is one, correct nodeSelector and ` +
      'affinity of the pod template; otherwise ask the platform team to label nodes'
}

/** Taints that Kubernetes itself sets, such as of a node that is not ready: tolerations of the class are not about them. */
const systemTaint = /^(node|node-role)\.kubernetes\.io\//

function remedyOfTaints (policy: Fields, message: string): string {
  const taints = [...message.matchAll(/untolerated taint(?:\(s\))? \{([^}]*)\}/g)].map(([, taint = '']) => taint)
  if (taints.length > 0 && taints.every(taint => systemTaint.test(taint))) {
    return 'Nodes are not ready, or reserved for the control plane: ask the platform team'
  }
  const allowed = listAt(fieldsAt(policy, 'pods'), 'tolerations').map(toleration => {
    const [key, value, effect] = ['key', 'value', 'effect'].map(field => textAt(toleration, field))
    return `${key}${value === '*' ? '' : `=${value}`}${effect === '*' ? '' : `:${effect}`}`
  })
  const name = textAt(policy, 'className')
  if (name === '') return 'Add a toleration to the pod template, or ask the platform team for nodes'
  return allowed.length === 0
    ? `TenantClass ${name} allows no tolerations: ask the platform team for nodes without taints`
    : `Add a toleration that TenantClass ${name} allows: ${allowed.join(', ')}; or ask the platform team for nodes`
}
