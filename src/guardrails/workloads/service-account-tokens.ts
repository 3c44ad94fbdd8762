import { fieldOf, quoted } from '../cel.ts'
import { inEmergency } from '../conditions.ts'
import type { Guardrail, Parties } from '../guardrail.ts'

/** Kubernetes fills a Secret of this type with a token of the ServiceAccount in its annotation. */
export const tokenType = 'kubernetes.io/service-account-token'
export const accountAnnotation = 'kubernetes.io/service-account.name'
const accountIn = (object: string) => `${fieldOf(object, 'metadata.annotations', '{}')}[?${quoted(accountAnnotation)}]`

/** A day, in seconds. The API server has no maximum by default. */
const maxSeconds = 86_400

const isSecret = "request.resource.resource == 'secrets'"
/** One that is bound to a Secret ends only with the Secret. */
const endsWithPod = "variables.bound != null && variables.bound.kind == 'Pod'"

/**
 * A token outlives the access of the one who made it, also in the hands of others. Kubernetes writes one without expiry into a
 * Secret of this type, which is immutable. A token that is bound to a pod ends with it.
 * Source: https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets
 */
export const serviceAccountTokens = (parties: Parties): Guardrail => ({
  name: 'k8s-mtp-service-account-tokens',
  purpose: 'New tokens of the ServiceAccounts of a Tenant expire within a day, or with their pod.',
  resources: [
    { group: '', resources: ['secrets'], operations: ['CREATE', 'UPDATE'] },
    { group: '', resources: ['serviceaccounts/token'], operations: ['CREATE'] }
  ],
  conditions: {
    'is-token': {
      expression: `request.resource.resource != 'secrets' || (has(dyn(object).type) && dyn(object).type == ${quoted(tokenType)})`,
      appliesTo: `requests for tokens, and Secrets of the type ${tokenType}`
    }
  },
  variables: { bound: fieldOf('variables.now', 'spec.boundObjectRef', 'null') },
  rules: {
    secret: {
      refuses: 'creating a Secret of this type',
      expression: `!(${isSecret}) || request.operation != 'CREATE'`,
      message: '{variables.object} would get a token that never expires. Use kubectl create token, or a projected volume; ' +
        inEmergency(parties)
    },
    account: {
      refuses: 'giving an existing Secret of this type to another ServiceAccount',
      expression: `request.operation != 'UPDATE' || ${accountIn('variables.before')} == ${accountIn('variables.now')}`,
      message: '{variables.object} would get a token of another ServiceAccount, which never expires. ' +
        `Leave the annotation ${accountAnnotation} unchanged; ${inEmergency(parties)}`
    },
    lifetime: {
      refuses: `a token for more than ${maxSeconds} seconds, unless it is bound to a pod`,
      expression: `${isSecret} || (${endsWithPod}) || variables.now.spec.expirationSeconds <= ${maxSeconds}`,
      message: `a token of ServiceAccount {request.name} may last ${maxSeconds} seconds. ` +
        `Request a shorter one, or use a projected volume; ${inEmergency(parties)}`
    }
  }
})
