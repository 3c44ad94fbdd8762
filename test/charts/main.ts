import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { errorMessage } from '../../src/error-message.ts'
import { startPlatform } from '../cluster/platform.ts'
import { createScreen } from '../demo/screen.ts'
import { withPlatform } from '../demo/with-platform.ts'
import { reportOf, table, writeReport } from './report.ts'
import { tryAll } from './try-all.ts'
import { createVirtualNode } from './virtual-node.ts'

const usage = `npm run try:charts -- FOLDER [--class NAME] [--json FILE]

Installs every Helm chart and every manifest in FOLDER as the admin of a Tenant, on a real control plane, and prints
whether the API server admits them.

  --class NAME  the class of the Tenants, one of examples/classes; default: standard
  --json FILE   write the results to a file, with each refusal`

const options = {
  class: { type: 'string', default: 'standard' },
  json: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false }
} as const

async function main (): Promise<number> {
  const { values: { class: className, json, help }, positionals: [charts, ...others] } = parseArgs({ options, allowPositionals: true })
  if (help || charts === undefined || others.length > 0) {
    console.log(usage)
    return help ? 0 : 2
  }
  if (!existsSync(charts)) throw new Error(`there is no folder ${charts}`)
  // The table is on stdout, and the progress is not.
  const screen = createScreen(process.stderr, process.env)
  await withPlatform(async guard => await startPlatform({ guard, log: screen.step }), async ({ client, versions }, { folder }) => {
    await createVirtualNode(client)
    const items = await tryAll(charts, {
      client,
      className,
      folder,
      kubernetes: versions.kubernetes,
      onTried: ({ name, column }, done, count) => screen.step(`${done}/${count}  ${column}  ${name}`)
    })
    const report = reportOf(className, versions, items)
    for (const line of table(report)) console.log(line)
    if (json !== undefined) writeReport(json, report)
  })
  return 0
}

main().then(code => process.exit(code), (error: unknown) => {
  process.stderr.write(`\nThe charts could not be tried: ${errorMessage(error)}\n`)
  process.exit(1)
})
