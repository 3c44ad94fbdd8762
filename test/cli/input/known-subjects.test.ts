import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { renderFiles } from '../../../src/cli/render.ts'

let folder = ''
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-known-')) })
afterEach(() => { rmSync(folder, { recursive: true }) })

const tenantOf = (...admins: string[]) => [
  'apiVersion: k8s-mtp.dev/v1', 'kind: Tenant', 'metadata: {name: acme}', 'spec:', '  name: shop', '  admins:',
  ...admins.map(admin => `    - {${admin}}`)
].join('\n')

/** Renders a Tenant with these admins, the first of which is in line 7, and returns the findings. */
async function findings (known: string, ...admins: string[]): Promise<string[]> {
  const [filename, knownSubjects] = [join(folder, 'a.yaml'), join(folder, 'known.txt')]
  writeFileSync(filename, tenantOf(...admins))
  writeFileSync(knownSubjects, known)
  return renderFiles([filename], { knownSubjects }).then(() => [], (error: unknown) => String(error).replace(/^Error: /, '').replaceAll(`${folder}/`, '').split('\n'))
}

const ada = 'kind: User, name: ada@acme.example'
const leads = 'kind: Group, name: acme-leads'
const deployer = 'kind: ServiceAccount, name: deployer, namespace: ci'

describe('known subjects', () => {
  it.each([
    ['a user', 'User ada@acme.example', ada],
    ['a user by its suffix', 'User *@acme.example', ada],
    ['a group by its prefix', 'Group acme-*', leads],
    ['a ServiceAccount', 'ServiceAccount ci/deployer', deployer],
    ['all ServiceAccounts of a namespace', 'ServiceAccount ci/*', deployer],
    ['a name with spaces and #, and comments', '# people\n\n  Group\tAcme Leads#EXT  # on call\r\n', 'kind: Group, name: "Acme Leads#EXT"']
  ])('accepts %s', async (_, known, admin) => {
    expect(await findings(known, admin)).toEqual([])
  })

  it('refuses others at their line, each with the most similar name of its kind', async () => {
    const known = 'User ada@acme.example\nUser bob@acme.example\nGroup acme-leads\nServiceAccount ci/deployer\nUser *@ops.example'
    expect(await findings(known, ada, 'kind: User, name: ada@amce.example', 'kind: Group, name: Acme-Leads', 'kind: ServiceAccount, name: deployer, namespace: cd')).toEqual([
      'a.yaml:8: spec.admins[1]: User ada@amce.example is not in known.txt. Did you mean ada@acme.example? Correct it, or add it to the file.',
      'a.yaml:9: spec.admins[2]: Group Acme-Leads is not in known.txt. Did you mean acme-leads? Correct it, or add it to the file.',
      'a.yaml:10: spec.admins[3]: ServiceAccount cd/deployer is not in known.txt. Did you mean ci/deployer? Correct it, or add it to the file.'
    ])
  })

  it('suggests no name that differs much, and the kind of a known name', async () => {
    expect(await findings('User ada@acme.example\nGroup acme-*', 'kind: User, name: zoe', 'kind: User, name: acme-leads')).toEqual([
      'a.yaml:7: spec.admins[0]: User zoe is not in known.txt. Correct it, or add it to the file.',
      'a.yaml:8: spec.admins[1]: User acme-leads is not in known.txt. It is known as a Group. Correct it, or add it to the file.'
    ])
  })

  it('checks operators, viewers and subjects of further roles too', async () => {
    const filename = join(folder, 'b.yaml')
    writeFileSync(filename, `${tenantOf(ada)}\n  operators: [{${leads}}]\n  viewers: [{${deployer}}]\n  roles: {auditor: [{${ada}}]}\n`)
    const knownSubjects = join(folder, 'known.txt')
    writeFileSync(knownSubjects, '')
    await expect(renderFiles([filename], { knownSubjects })).rejects.toThrow(/spec\.admins\[0\].*\n.*spec\.operators\[0\].*\n.*spec\.viewers\[0\].*\n.*b\.yaml:10: spec\.roles\.auditor\[0\]: User ada@acme\.example is not in/)
  })

  it.each(['ada@acme.example', 'user ada', 'User', 'User a*b', 'User *a*', 'ServiceAccount deployer', 'ServiceAccount */deployer'])('refuses the line %s', async text => {
    expect(await findings(`# first\n${text}`, ada)).toEqual([expect.stringMatching(/^known\.txt:2: write one subject: User NAME, Group NAME or ServiceAccount NAMESPACE\/NAME/)])
  })

  it('refuses a file that does not exist', async () => {
    const filename = join(folder, 'a.yaml')
    writeFileSync(filename, tenantOf(ada))
    await expect(renderFiles([filename], { knownSubjects: join(folder, 'none') })).rejects.toThrow(/none: no such file\. Check the path\./)
  })
})
