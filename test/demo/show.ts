import type { AuditWrite } from '../cluster/audit.ts'
import { repositoryPath } from '../cluster/paths.ts'
import type { Platform } from '../cluster/platform.ts'
import { namespacesOf, tenantTree } from './describe-tenant.ts'
import { correctDeletedRole, correctEditedQuota } from './correct.ts'
import { readNamespace } from './kinds.ts'
import { tryTampering } from './refuse.ts'
import { reportOf, type Report } from './report.ts'
import { countWritesAtRest, type Rest } from './rest.ts'
import { columns, type Screen } from './screen.ts'
import { applyTenants, type ReadyTenant } from './tenants.ts'
import { renderTree } from './tree.ts'

const REST_SECONDS = 10

/** Shows on a running platform what comes of the examples, that it is kept so, and what that costs. */
export async function show (platform: Platform, screen: Screen): Promise<Report> {
  const { client, engine, versions } = platform
  screen.section('What runs')
  const standIn = engine.name === 'stand-in'
  printRows(screen, [
    ['engine', standIn ? `a stand-in that does as Metacontroller ${engine.version}, for tests` : `Metacontroller ${engine.version}, from ${engine.source}`],
    ['apply strategy', engine.strategy],
    ['Kubernetes', versions.kubernetes],
    ['etcd', versions.etcd],
    ['Node', versions.node],
    ['hook', `${platform.hook.url}, pid ${platform.hook.pid}`]
  ])

  screen.section('Tenants in examples/tenants')
  const tenants = await applyTenants(client, repositoryPath('examples/tenants'))
  printRows(screen, tenants.map(({ tenant, milliseconds }) =>
    [`${screen.paint('green', '✓')} ${tenant.metadata.name}`, 'Ready after', `${String(milliseconds).padStart(5)} ms`]))
  for (const { tenant } of tenants) {
    screen.section(`What came of ${tenant.metadata.name}`)
    const contents = await Promise.all(namespacesOf(tenant).map(name => readNamespace(client, name)))
    for (const line of renderTree(tenantTree(tenant, contents))) screen.line(`  ${withDimGuides(line, screen)}`)
  }

  screen.section('Refused by the API server, to a cluster administrator')
  const namespace = firstNamespace(tenants)
  const refused = await tryTampering(client, namespace)
  for (const { what, message } of refused) {
    screen.line(`  ${screen.paint('green', '✓')} ${what}`)
    screen.line(`    ${screen.paint('dim', message)}`)
  }

  screen.section('Changed all the same, by break-glass, and back')
  screen.line('  As a member of the group k8s-mtp:break-glass.')
  const corrected = [await correctDeletedRole(client, namespace), await correctEditedQuota(client, namespace)]
  printRows(screen, corrected.map(({ what, milliseconds }) => [`${screen.paint('green', '✓')} ${what}`, 'back after', `${String(milliseconds).padStart(5)} ms`]))

  screen.section('At rest')
  const rest = await countWritesAtRest(platform, REST_SECONDS)
  printRest(screen, rest)
  return reportOf(platform, { tenants, refused, corrected, rest })
}

function printRows (screen: Screen, rows: string[][]): void {
  for (const line of columns(rows, '   ')) screen.line(`  ${line}`)
}

/** The lines of the tree stand back behind what it says. */
function withDimGuides (line: string, screen: Screen): string {
  return line.replace(/^[│├└─ ]+/, guides => screen.paint('dim', guides))
}

function printRest (screen: Screen, { seconds, writes, ownWrites }: Rest): void {
  const mark = writes.length === 0 ? screen.paint('green', '✓') : screen.paint('red', '✗')
  screen.line(`  ${mark} ${count(writes.length, 'API write')} in ${seconds} s (and ${ownWrites} by the API server, for itself)`)
  for (const write of writes) screen.line(`    ${describeWrite(write)}`)
}

function describeWrite ({ user, verb, resource, namespace, name, code }: AuditWrite): string {
  return `${user}: ${verb} ${resource} ${[namespace, name].filter(part => part !== undefined).join('/')} (${code})`
}

function firstNamespace (tenants: ReadyTenant[]): string {
  const namespace = tenants.flatMap(({ tenant }) => namespacesOf(tenant))[0]
  if (namespace === undefined) throw new Error('no Tenant lists a namespace in its status')
  return namespace
}

function count (number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`
}
