import { parseArgs } from 'node:util'
import { errorMessage } from '../../../src/error-message.ts'
import { createGuard } from '../../cluster/guard.ts'
import { publish } from '../report.ts'
import { defaultOptions, measureHook, type Options } from './measure.ts'
import { profileHook } from './profile.ts'
import { hookTables, profileTables } from './report.ts'

const usage = `npm run bench:hook -- [--requests N] [--connections N] [--tenants N] [--strategy NAME] [--profile] [--json FILE]

Sends requests for Tenants in steady state to the built hook, and in turns to a bare Fastify that validates nothing and logs a line. Prints
CPU and requests a second of both, CPU of parsing and serializing the same bodies, and memory. Compare the ratios, not the figures.

  --requests N     to the hook; default: 10000; 100000 shows whether memory stays flat
  --connections N  default: 4
  --tenants N      default: 20; every fourth has four namespaces
  --strategy NAME  dynamic-apply (default) or server-side-apply: what the objects were applied with
  --profile        in addition, profile the hook from its source, by phase of a request
  --program FILE   default: dist/main.js; that of another tree, to compare
  --json FILE      write all figures to a file`

const options = {
  requests: { type: 'string', default: String(defaultOptions.requests) },
  connections: { type: 'string', default: String(defaultOptions.connections) },
  tenants: { type: 'string', default: String(defaultOptions.tenants) },
  strategy: { type: 'string', default: defaultOptions.strategy },
  program: { type: 'string', default: defaultOptions.program },
  profile: { type: 'boolean', default: false },
  json: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false }
} as const

async function main (): Promise<number> {
  const { values } = parseArgs({ options })
  const counts = { requests: Number(values.requests), connections: Number(values.connections), tenants: Number(values.tenants) }
  const { strategy, program } = values
  const isStrategy = strategy === 'dynamic-apply' || strategy === 'server-side-apply'
  if (values.help || !isStrategy || !Object.values(counts).every(count => Number.isInteger(count) && count > 0)) {
    console.log(usage)
    return values.help ? 0 : 2
  }
  const guard = createGuard()
  try {
    const wanted: Options = { ...counts, strategy, program }
    const figures = await measureHook(guard, wanted, line => process.stderr.write(`${line}\n`))
    const profile = values.profile ? await profileHook(guard, wanted) : undefined
    publish([...hookTables(figures), ...(profile === undefined ? [] : profileTables(profile))], { ...figures, profile }, values.json)
  } finally {
    await guard.close()
  }
  return 0
}

main().then(code => process.exit(code), (error: unknown) => {
  process.stderr.write(`\nThe figures could not be measured: ${errorMessage(error)}\n`)
  process.exit(1)
})
