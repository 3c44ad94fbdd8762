import type { AuditWrite } from '../cluster/audit.ts'
import { repositoryPath } from '../cluster/paths.ts'
import type { ClusterNode } from '../cluster/node/node.ts'
import { agentImage } from '../cluster/node/platform.ts'
import type { Platform } from '../cluster/platform.ts'
import { namespacesOf, tenantTree } from './describe-tenant.ts'
import { correctDeletedRole, correctEditedQuota } from './correct.ts'
import { readNamespace } from './kinds.ts'
import { tryTampering } from './refuse.ts'
import { reportOf, type Report } from './report.ts'
import { columns, wrapped, type Screen } from './screen.ts'
import { countSteadyStateWrites, type SteadyState } from './steady-state.ts'
import { applyTenants, type ReadyTenant } from './tenants.ts'
import { tryTraffic, type Attempt } from './traffic.ts'
import { renderTree } from './tree.ts'
import { adminOf, deployWorkloads, type Workloads } from './workloads.ts'

const STEADY_STATE_SECONDS = 10

/** Shows the examples on a running platform: their objects, their protection, a workload, and drift correction. */
export async function show (platform: Platform, screen: Screen, node?: ClusterNode): Promise<Report> {
  const { client } = platform
  const check = screen.paint('green', '✓')
  screen.section('Components')
  printRows(screen, componentRows(platform))

  screen.section('Tenants in examples/tenants')
  const tenants = await applyTenants(client, repositoryPath('examples/tenants'))
  printRows(screen, tenants.map(({ tenant, milliseconds }) =>
    [`${check} ${tenant.metadata.name}`, 'Ready after', duration(milliseconds)]))
  for (const { tenant } of tenants) {
    screen.section(`Objects of Tenant ${tenant.metadata.name}`)
    const contents = await Promise.all(namespacesOf(tenant).map(name => readNamespace(client, name)))
    for (const line of renderTree(tenantTree(tenant, contents))) screen.line(`  ${withDimGuides(line, screen)}`)
  }

  screen.section('Tampering by a cluster admin: the API server refuses')
  const [first] = tenants
  const namespace = firstNamespace(tenants)
  const refused = await tryTampering(client, namespace)
  for (const { what, message } of refused) {
    screen.line(`  ${check} ${what}`)
    printWrapped(screen, message)
  }

  const admin = first === undefined ? '' : adminOf(first.tenant)
  screen.section(`Workloads in ${namespace}, deployed by its admin: kubectl --as ${admin}`)
  const workloads = await deployWorkloads(client, namespace, admin, ...(node === undefined ? [] : [agentImage]))
  printWorkloads(screen, workloads, node !== undefined)
  if (node !== undefined) {
    screen.section('Packets: its own namespace reaches the workload, the one of another Tenant does not')
    printTraffic(screen, await tryTraffic(client, node, { namespace, ...workloads.admitted }, firstNamespace(tenants.slice(1))))
  }

  screen.section('Drift: changes by the break-glass group, and their correction')
  const corrected = [await correctDeletedRole(client, namespace), await correctEditedQuota(client, namespace)]
  printRows(screen, corrected.map(({ what, milliseconds }) =>
    [`${check} ${what}`, 'corrected after', duration(milliseconds)]))

  screen.section('Steady state')
  const steadyState = await countSteadyStateWrites(platform, STEADY_STATE_SECONDS)
  printSteadyState(screen, steadyState)
  return reportOf(platform, { tenants, refused, workloads, corrected, steadyState })
}

function componentRows ({ engine, versions, hook }: Platform): string[][] {
  const { name, version, source } = engine
  return [
    ['engine', `${name === 'stand-in' ? 'stand-in for ' : ''}Metacontroller ${version} (${source})`],
    ['apply strategy', engine.strategy],
    ['Kubernetes', versions.kubernetes],
    ['etcd', versions.etcd],
    ['Node', versions.node],
    ['hook', `${hook.url}, pid ${hook.pid}`]
  ]
}

function printRows (screen: Screen, rows: string[][]): void {
  for (const line of columns(rows, '   ')) screen.line(`  ${line}`)
}

function printWrapped (screen: Screen, text: string): void {
  for (const line of wrapped(text, 100)) screen.line(`    ${screen.paint('dim', line)}`)
}

function duration (milliseconds: number): string {
  return `${String(milliseconds).padStart(5)} ms`
}

/** Dims the lines of the tree, so that its names stand out. */
function withDimGuides (line: string, screen: Screen): string {
  return line.replace(/^[│├└─ ]+/, guides => screen.paint('dim', guides))
}

function printTraffic (screen: Screen, attempts: Attempt[]): void {
  for (const { from, to, isOpen, isAllowed, answer } of attempts) {
    const mark = isOpen === isAllowed ? screen.paint('green', '✓') : screen.paint('red', '✗')
    screen.line(`  ${mark} from ${from} to ${to}: ${isOpen ? `${answer} answers` : `no answer (${answer})`}`)
  }
}

function printWorkloads (screen: Screen, { admitted, refused }: Workloads, isRunning: boolean): void {
  screen.line(`  ${screen.paint('green', '✓')} Deployment ${admitted.name}: its pod is admitted after ${admitted.milliseconds} ms`)
  printWrapped(screen, `Pod ${admitted.pod} exists. ${isRunning
    ? 'It runs on the node.'
    : 'It stays Pending, because this control plane has no node: npm run demo -- --node starts one.'}`)
  screen.line(`  ${screen.paint('green', '✓')} Deployment ${refused.name}: its pods are refused`)
  printWrapped(screen, refused.message)
  printWrapped(screen, 'Remove runAsUser, or ask for a TenantClass with userNamespaces.')
}

function printSteadyState (screen: Screen, { seconds, writes, ownWrites }: SteadyState): void {
  const mark = writes.length === 0 ? screen.paint('green', '✓') : screen.paint('red', '✗')
  const total = `${writes.length} API write${writes.length === 1 ? '' : 's'}`
  screen.line(`  ${mark} ${total} in ${seconds} s (and ${ownWrites} of Kubernetes itself)`)
  for (const write of writes) screen.line(`    ${describeWrite(write)}`)
}

function describeWrite ({ user, verb, resource, namespace, name, code }: AuditWrite): string {
  return `${user}: ${verb} ${resource} ${[namespace, name].filter(part => part !== undefined).join('/')} (${code})`
}

function firstNamespace (tenants: ReadyTenant[]): string {
  const namespace = tenants.flatMap(({ tenant }) => namespacesOf(tenant))[0]
  if (namespace === undefined) throw new Error('no Tenant has a namespace in its status')
  return namespace
}
