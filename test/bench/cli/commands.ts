import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryPath } from '../../cluster/paths.ts'
import { tenant } from '../../support/objects.ts'

/** Commands to measure, by what the table calls them, on Tenants in files. */
export function commandsOn (folder: string, tenants: number): Array<[name: string, args: string[]]> {
  const classes = ['--classes', repositoryPath('examples/classes')]
  const [base, head] = ['base', 'head'].map(side => join(folder, side)) as [string, string]
  writeTenants(base, tenants, '20')
  writeTenants(head, tenants, '30')
  const one = ['-f', repositoryPath('examples/tenants'), ...classes]
  return [
    ['--help', ['--help']],
    ['version --client', ['version', '--client']],
    ['render the examples', ['render', ...one]],
    ['lint the examples', ['lint', ...one]],
    [`render ${tenants} Tenants`, ['render', '-f', head, ...classes]],
    [`lint ${tenants} Tenants`, ['lint', '-f', head, ...classes]],
    [`diff ${tenants} Tenants`, ['diff', base, head]]
  ]
}

/** Valid under class default, which allows the override. */
function writeTenants (folder: string, tenants: number, pods: string): void {
  mkdirSync(folder)
  for (let index = 0; index < tenants; index++) {
    const { apiVersion, kind, metadata, spec } = tenant({
      admins: [{ kind: 'Group', name: `team-${index}-leads` }], quotas: { 'tenant-quota': { pods } }
    }, `team-${index}`)
    writeFileSync(join(folder, `team-${index}.yaml`), JSON.stringify({ apiVersion, kind, metadata, spec }))
  }
}
