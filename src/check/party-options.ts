import { accountOf, defaultParties, type Parties } from '../guardrails/guardrail.ts'
import { shellQuoted } from '../shell-quoted.ts'

/** The options of `k8s-mtp guardrails` for other parties than the default, each with a space before it. */
export function partyOptions (parties: Parties): string {
  const { namespace, name } = accountOf(parties.engine)
  const options: Array<[string, readonly string[], readonly string[]]> = [
    ['--engine-service-account', [`${namespace}/${name}`], ['metacontroller/metacontroller']],
    ['--break-glass', parties.breakGlass, defaultParties.breakGlass],
    ['--pod-security', parties.podSecurity, defaultParties.podSecurity],
    ['--platform-namespace', parties.platformNamespaces, defaultParties.platformNamespaces]
  ]
  return options.filter(([, values, byDefault]) => JSON.stringify(values) !== JSON.stringify(byDefault))
    .map(([option, values]) => ` ${option} ${values.map(shellQuoted).join(' ')}`).join('')
}
