import { refOf } from '../../cluster/kube-object.ts'
import { requestToken } from '../../cluster/token.ts'
import type { GuardrailCase } from './case.ts'
import { dryRun, tokenSecret } from './world.ts'

const annotate = (annotations: object) => ({ metadata: { annotations } })

export const serviceAccountTokenCases: GuardrailCase[] = [
  {
    rule: 'service-account-tokens/secret',
    refuses: 'a Secret for a token of a ServiceAccount',
    who: 'a cluster administrator',
    attempt: (who, { tenant }) => who.create(tokenSecret(tenant.namespace, 'other'), dryRun),
    message: /secrets tenant-acme-\w+-shop\/other would get a token that never expires. Use kubectl create token, or a projected volume; in an emergency/,
    allows: 'a Secret of another type',
    control: (who, { tenant }) => who.create({ ...tokenSecret(tenant.namespace, 'other'), type: 'Opaque' }, dryRun)
  },
  {
    rule: 'service-account-tokens/account',
    refuses: 'another ServiceAccount in an existing Secret for a token',
    who: 'a cluster administrator',
    attempt: (who, { tenant }) => who.patch(refOf(tokenSecret(tenant.namespace)), annotate({ 'kubernetes.io/service-account.name': 'admin' }), dryRun),
    message: /secrets tenant-acme-\w+-shop\/token would get a token of another ServiceAccount, which never expires. Leave the annotation kubernetes.io\/service-account.name unchanged/,
    allows: 'another annotation',
    control: (who, { tenant }) => who.patch(refOf(tokenSecret(tenant.namespace)), annotate({ note: 'x' }), dryRun)
  },
  ...[{}, { boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 'token' } }].map((bound): GuardrailCase => ({
    rule: 'service-account-tokens/lifetime',
    refuses: `a token for a year${Object.keys(bound).length === 0 ? '' : ' that is bound to a Secret'}`,
    who: 'a cluster administrator',
    attempt: (who, { tenant }) => requestToken(who, tenant.namespace, 'default', { expirationSeconds: 31_536_000, ...bound }),
    message: /a token of ServiceAccount default may last 86400 seconds. Request a shorter one, or use a projected volume; in an emergency/,
    allows: 'a token for a day',
    control: (who, { tenant }) => requestToken(who, tenant.namespace, 'default', { expirationSeconds: 86_400, ...bound })
  }))
]
