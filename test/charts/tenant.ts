import { isRecord } from '../cluster/api-error.ts'
import type { KubeClient } from '../cluster/client.ts'
import { conditionsOf } from '../cluster/install.ts'
import type { KubeObject } from '../cluster/kube-object.ts'
import { pollFor } from '../support/poll-for.ts'

export interface ChartTenant {
  namespace: string
  /** As its admin. */
  admin: KubeClient
  /** Deletes it, without waiting. */
  remove (): Promise<void>
}

const tenantKind = { apiVersion: 'k8s-mtp.dev/v1', kind: 'Tenant' }
const user = 'admin@try-charts.example'

/** Creates a Tenant of a class, and waits until its namespace admits workloads. */
export async function openTenant (client: KubeClient, className: string, name: string): Promise<ChartTenant> {
  const namespace = `tenant-${name}-app`
  const spec = { name: 'app', className, admins: [{ kind: 'User', name: user }] }
  await client.create({ ...tenantKind, metadata: { name }, spec })
  const admin = client.as(user, ['system:authenticated'])
  await pollFor(`Tenant ${name} was not ready`, async () => {
    const tenant = await client.get({ ...tenantKind, name })
    return conditionsOf(tenant).some(({ type, status }) => type === 'Ready' && status === 'True') ? true : undefined
  })
  await pollFor(`the namespace of Tenant ${name} did not admit objects`, async () => await admits(client, admin, namespace))
  return {
    namespace,
    admin,
    async remove () {
      await removeClaims(client, namespace)
      await client.delete({ ...tenantKind, name })
    }
  }
}

/** Its quotas are counted, pods have a ServiceAccount, and guardrails know the WorkloadPolicy. */
async function admits (client: KubeClient, admin: KubeClient, namespace: string): Promise<true | undefined> {
  const account = await client.find({ apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace })
  const { items } = await client.list({ apiVersion: 'v1', kind: 'ResourceQuota' }, { namespace })
  const isCounted = ({ status }: KubeObject): boolean => isRecord(status) && isRecord(status.used)
  if (account === undefined || items.length === 0 || !items.every(isCounted)) return undefined
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'probe', namespace }, spec: { selector: { a: 'b' }, ports: [{ port: 80 }] } }
  return await admin.create(service, { dryRun: true }).then(() => true as const, () => undefined)
}

/** Without a volume controller their finalizers would keep the namespace. */
async function removeClaims (client: KubeClient, namespace: string): Promise<void> {
  const kind = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' }
  const { items } = await client.list(kind, { namespace })
  for (const { metadata: { name } } of items) {
    await client.delete({ ...kind, namespace, name })
    await client.patch({ ...kind, namespace, name }, { metadata: { finalizers: null } }).catch(() => undefined)
  }
}
