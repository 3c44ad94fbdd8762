import { ageOf } from '../../view/age.ts'
import type { NamespaceSummary, TenantSummaries, TenantSummary } from '../../view/tenant-summary.ts'
import type { Style } from '../output/colour.ts'
import { columns } from '../output/layout.ts'
import { onOneLine, type Part } from '../output/print.ts'
import { styled, table } from './table.ts'

const styles: Record<string, Style | undefined> = { Ready: 'green', Unknown: undefined, Provisioning: 'yellow', Pending: 'yellow' }
const styleOf = (state: string): Style | undefined => state in styles ? styles[state] : 'red'

export interface GetLayout {
  now: Date
  /** All of each message, all namespaces and all admins. */
  isWide: boolean
}

/** A line for each Tenant. */
export function tenantTable ({ tenants }: TenantSummaries, layout: GetLayout): Part[][] {
  if (tenants.length === 0) return [['no Tenants found']]
  const header = ['NAME', 'STATE', 'CLASS', 'NAMESPACES', 'ADMINS', 'HIGHEST USE', 'AGE', ...layout.isWide ? ['REASON'] : [], 'MESSAGE']
  return table(header, tenants.map(tenant => ({ cells: cellsOf(tenant, layout), style: unlessReady(tenant.state) })))
}

/** In a table, only what needs attention has a colour. */
function unlessReady (state: string): Style | undefined {
  return state === 'Ready' ? undefined : styleOf(state)
}

function cellsOf (tenant: TenantSummary, { now, isWide }: GetLayout): string[] {
  const admins = tenant.subjects.filter(({ role }) => role === 'admin').map(({ subject }) => subject)
  return [
    tenant.name,
    stateOf(tenant),
    tenant.className ?? '',
    shortened(unreadyFirst(tenant.namespaces).map(namespaceText), isWide ? Infinity : 2),
    isWide ? admins.join(', ') : shortened(admins.map(withoutKind), 1),
    useText(tenant),
    ageOf(tenant.createdAt, now),
    ...isWide ? [tenant.reason ?? ''] : [],
    isWide ? tenant.message ?? '' : summarised(tenant)
  ]
}

/** The home namespace, then those to look at. */
function unreadyFirst ([home, ...further]: readonly NamespaceSummary[]): NamespaceSummary[] {
  const isReady = ({ state }: NamespaceSummary) => state === 'Ready'
  return [...home === undefined ? [] : [home], ...further.filter(one => !isReady(one)), ...further.filter(isReady)]
}

function withoutKind (subject: string): string {
  return subject.slice(subject.indexOf(' ') + 1)
}

/** `Ready,Cordoned`, as kubectl prints it of nodes. */
function stateOf ({ state, cordoned }: TenantSummary): string {
  return cordoned ? `${state},Cordoned` : state
}

function namespaceText ({ name, state }: NamespaceSummary): string {
  return state === 'Ready' || state === 'Unknown' ? name : `${name} (${state})`
}

function shortened (items: readonly string[], max: number): string {
  const more = items.length - max
  return more > 0 ? `${items.slice(0, max).join(', ')} +${more}` : items.join(', ')
}

/** `pods 95 %`. */
function useText ({ highestUse }: Pick<NamespaceSummary, 'highestUse'>): string {
  if (highestUse === undefined) return ''
  const { resource, percent, level } = highestUse
  if (percent === undefined) return level === 'exceeded' ? `${resource} exceeded` : ''
  return percent === 0 ? '' : `${resource} ${percent} %`
}

const maxSummary = 90

/** The reason, and the first sentence of the message. */
function summarised ({ name, state, reason = '', message }: TenantSummary): string {
  if (state === 'NotReconciled') return `waits for Metacontroller: k8s-mtp why ${name}`
  if (message === undefined) return ''
  const [sentence = ''] = message.split(/\. (?=[A-Z])/)
  const text = state === 'Ready' || reason === 'NamespacesNotReady' ? sentence : `${reason}: ${sentence}`
  return text.length <= maxSummary ? text : `${text.slice(0, maxSummary - 1)}…`
}

/** Everything about one Tenant. */
export function tenantDetails (tenant: TenantSummary, { now }: GetLayout): Part[][] {
  const since = ageOf(tenant.since, now)
  const facts: Array<[string, string]> = [
    ['Tenant', tenant.name],
    ['State', `${stateOf(tenant)}${reasonText(tenant)}${since === '' ? '' : `, for ${since}`}`],
    ['Class', tenant.className ?? ''],
    ['Age', ageOf(tenant.createdAt, now)],
    ...rolesOf(tenant, now),
    ['Message', tenant.message ?? '']
  ]
  const lines = columns(facts.filter(([, value]) => value !== '').map(([name, value]) => [`${name}:`, value]))
  const problems = tenant.namespaces.filter(({ message }) => message !== undefined && tenant.namespaces.length > 1)
  return [
    ...lines.map(line => [styled(line.startsWith('State:') ? styleOf(tenant.state) : undefined, line)]),
    [''],
    ...namespaceTable(tenant.namespaces),
    ...problems.flatMap(({ name, message = '' }) => [[''], [onOneLine(`${name}: ${message}`)]])
  ]
}

function reasonText ({ reason }: TenantSummary): string {
  return reason === undefined || reason === 'UpToDate' ? '' : ` (${reason})`
}

function rolesOf ({ subjects }: TenantSummary, now: Date): Array<[string, string]> {
  const roles = [...new Set(subjects.map(({ role }) => role))]
  return roles.map(role => [
    `${role.charAt(0).toUpperCase()}${role.slice(1)}s`,
    subjects.filter(subject => subject.role === role).map(({ subject, expiresAt }) => `${subject}${untilText(expiresAt, now)}`).join(', ')
  ])
}

function untilText (expiresAt: string | undefined, now: Date): string {
  if (expiresAt === undefined) return ''
  return Date.parse(expiresAt) > now.getTime() ? ` (until ${expiresAt})` : ` (ended ${expiresAt})`
}

function namespaceTable (namespaces: readonly NamespaceSummary[]): Part[][] {
  return table(['NAMESPACE', 'STATE', 'CLASS', 'OBJECTS', 'HIGHEST USE', 'REASON'], namespaces.map(namespace => ({
    cells: [
      namespace.name, namespace.state, namespace.className ?? '', namespace.objects ?? '', useText(namespace),
      namespace.state === 'Ready' ? '' : namespace.reason ?? ''
    ],
    style: unlessReady(namespace.state)
  })))
}
