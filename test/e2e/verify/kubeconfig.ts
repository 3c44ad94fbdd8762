import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { client, platform } from '../context.ts'
import { uniqueName } from '../tenants.ts'
import { rbac } from './world.ts'

/** Writes a kubeconfig of a ServiceAccount with these permissions in the cluster. */
export async function kubeconfigWith (rules: object[], namespace: string): Promise<string> {
  const name = uniqueName('auditor')
  await client().create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } })
  await client().create({ apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules })
  await client().create({
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }]
  })
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`
  const { status: { token } } = await client().request('POST', path, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }) as { status: { token: string } }
  const { server, caFile } = platform()
  const ca = Buffer.from(readFileSync(caFile)).toString('base64')
  const file = join(mkdtempSync(join(tmpdir(), 'kubeconfig-')), 'config')
  writeFileSync(file, stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'tests',
    clusters: [{ name: 'tests', cluster: { server, 'certificate-authority-data': ca } }],
    users: [{ name: 'auditor', user: { token } }],
    contexts: [{ name: 'tests', context: { cluster: 'tests', user: 'auditor' } }]
  }))
  return file
}
