import { controllerManager, exemptAccounts } from '../actors.ts'
import { listOf, quoted, userIsOneOf } from '../cel.ts'
import { exceptBreakGlass, exceptImpersonators, exceptNodes, inEmergency } from '../conditions.ts'
import { accountOf, type Guardrail, type Parties } from '../guardrail.ts'
import { accountAnnotation, tokenType } from '../workloads/service-account-tokens.ts'

/** The ServiceAccount of a token Secret, or ''. */
const accountIn = (secret: string): string => `
  (${secret} != null && ${secret}.type == ${quoted(tokenType)} && has(${secret}.metadata.annotations)
  && ${quoted(accountAnnotation)} in ${secret}.metadata.annotations ? ${secret}.metadata.annotations[${quoted(accountAnnotation)}] : '')`

/** Tokens in Secrets exempt from no guardrail, but they do not expire, and have all other permissions of the ServiceAccount. */
export function exemptTokens (parties: Parties): Guardrail {
  const accounts = [...exemptAccounts, parties.engine]
  return {
    name: 'k8s-mtp-exempt-tokens',
    purpose: 'Only nodes and the controller manager get tokens of the ServiceAccounts that guardrails exempt.',
    resources: [
      { group: '', resources: ['serviceaccounts/token'], operations: ['CREATE'] },
      { group: '', resources: ['secrets'], operations: ['CREATE', 'UPDATE'] }
    ],
    namespaces: [...new Set(accounts.map(account => accountOf(account).namespace))],
    conditions: {
      ...exceptBreakGlass(parties),
      ...exceptNodes,
      'is-no-controller-manager': { expression: `!(${userIsOneOf([controllerManager])})`, exempts: 'the controller manager' },
      ...exceptImpersonators
    },
    variables: {
      account: `request.resource.resource == 'serviceaccounts' ? request.name : ${accountIn('variables.now')}`,
      isExempt: `('system:serviceaccount:' + request.namespace + ':' + variables.account) in ${listOf(accounts)}`
    },
    rules: {
      request: {
        refuses: 'a token of a ServiceAccount that guardrails exempt',
        expression: "request.resource.resource != 'serviceaccounts' || !variables.isExempt",
        message: 'ServiceAccount {variables.account} is exempt from guardrails, so its tokens are only for its own process. ' +
          `Use another ServiceAccount; ${inEmergency(parties)}`
      },
      secret: {
        refuses: 'a Secret that Kubernetes fills with a token of such a ServiceAccount',
        expression: `
          request.resource.resource != 'secrets' || !variables.isExempt || variables.account == ${accountIn('variables.before')}`,
        message: 'ServiceAccount {variables.account} is exempt from guardrails, so Secrets may not have its tokens. ' +
          `Use another ServiceAccount; ${inEmergency(parties)}`
      }
    }
  }
}
