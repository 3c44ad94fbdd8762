import { workloadControllers } from '../actors.ts'
import { isExemptController, podSpecIn, quoted } from '../cel.ts'
import { exceptBreakGlass, exceptImpersonators, inEmergency } from '../conditions.ts'
import { accountOf, type Guardrail, type Parties } from '../guardrail.ts'
import { write } from '../resource-rules.ts'

/**
 * Kubernetes starts pods with any ServiceAccount of their namespace, and shows their tokens to anyone who may execute commands in them.
 * Controllers of Kubernetes are no pods, so only the pods of the engine are guarded.
 */
export function exemptWorkloads (parties: Parties): Guardrail {
  const { namespace } = accountOf(parties.engine)
  return {
    name: 'k8s-mtp-exempt-workloads',
    purpose: 'Only users who could act as Metacontroller anyway run pods with its ServiceAccount, and execute commands in its namespace.',
    resources: [
      { group: '', resources: ['pods', 'replicationcontrollers'], operations: write },
      { group: '', resources: ['pods/ephemeralcontainers'], operations: ['UPDATE'] },
      { group: '', resources: ['pods/exec', 'pods/attach'], operations: ['CONNECT'] },
      { group: 'apps', resources: ['deployments', 'replicasets', 'statefulsets', 'daemonsets'], operations: write },
      { group: 'batch', resources: ['jobs', 'cronjobs'], operations: write }
    ],
    namespaces: [namespace],
    conditions: {
      ...exceptBreakGlass(parties),
      'is-no-controller': { expression: `!${isExemptController(workloadControllers)}`, exempts: 'the workload controllers of Kubernetes' },
      ...exceptImpersonators
    },
    variables: {
      podSpec: podSpecIn('variables.now'),
      user: `
        'system:serviceaccount:' + request.namespace + ':'
        + (has(variables.podSpec.serviceAccountName) ? variables.podSpec.serviceAccountName : 'default')`
    },
    rules: {
      pods: {
        refuses: 'a new pod with the ServiceAccount of Metacontroller, a change of its spec, and the same in the template of a workload',
        expression: `
          request.operation == 'CONNECT' || variables.user != ${quoted(parties.engine)}
          || (request.operation == 'UPDATE' && variables.podSpec == ${podSpecIn('variables.before')})`,
        message: 'a pod with this spec in the namespace {request.namespace} would run as Metacontroller, which guardrails exempt. ' +
          `Use another ServiceAccount, or install Metacontroller as cluster-admin; ${inEmergency(parties)}`
      },
      exec: {
        refuses: 'executing a command in a pod in the namespace of Metacontroller, or attaching to one: it could read the token',
        expression: "request.operation != 'CONNECT'",
        message: 'commands in pods in the namespace {request.namespace} could read the token of Metacontroller, which guardrails exempt. ' +
          `Read the logs instead; ${inEmergency(parties)}`
      }
    }
  }
}
