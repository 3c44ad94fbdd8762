import type { Cause } from '../../view/why/cause.ts'
import type { WhyReport } from '../../view/why/why-report.ts'
import type { Style } from '../output/colour.ts'
import { onOneLine, type Part } from '../output/print.ts'

const readiness: Record<WhyReport['ready'], { style: Style, text: string }> = {
  True: { style: 'green', text: 'is Ready' },
  False: { style: 'red', text: 'is not Ready' },
  Unknown: { style: 'yellow', text: 'may be Ready or not' }
}

/** A paragraph for each cause: what is wrong and what to do, the next commands, and the page. */
export function whyLines ({ about, ready, causes }: WhyReport): Part[][] {
  const more = causes.length === 0 && ready === 'True' ? '. Nothing is wrong with it' : ''
  return [[`${onOneLine(about)} `, readiness[ready], more], ...causes.flatMap(cause => [[''], ...causeLines(cause)])]
}

function causeLines ({ object, reason, message, commands, page }: Cause): Part[][] {
  return [
    [{ style: 'bold', text: onOneLine(`${object}: ${reason}`) }],
    [`  ${onOneLine(message)}`],
    ...commands.map(command => [`  $ ${onOneLine(command)}`]),
    [`  See ${page}`]
  ]
}
