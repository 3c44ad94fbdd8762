import { printWarning } from '../output/print.ts'
import type { Scope } from './scope.ts'

/** Says on standard error what the output lacks. */
export function warnOfNotReadable ({ notReadable }: Pick<Scope, 'notReadable'>): void {
  if (notReadable.length > 0) printWarning(`the output is incomplete, since you may not ${shortened(notReadable).join(', ')}`)
}

/** `list tenants.k8s-mtp.dev`, of the words of the API server. */
function shortened (refusals: readonly string[]): string[] {
  const texts = refusals.map(refusal => {
    const [, verb, resource = '', group = '', place] = refusalPattern.exec(refusal) ?? []
    if (verb === undefined) return refusal
    return `${verb} ${resource}${group === '' ? '' : `.${group}`}${place === undefined ? '' : ` in ${place}`}`
  })
  return [...new Set(texts)]
}

const refusalPattern = /cannot (\w+) resource "([^"]*)" in API group "([^"]*)"(?:.* in the namespace "([^"]*)")?/
