import { expect, it } from 'vitest'
import { renderTree } from './tree.ts'

it('a tree is drawn with the details of siblings aligned, and further details under the first', () => {
  const tree = {
    name: 'Tenant acme',
    children: [
      {
        name: 'Namespace tenant-acme-shop',
        details: [['pod security: restricted']],
        children: [
          { name: 'Roles', children: [{ name: 'tenant-admin', details: [['all']] }, { name: 'viewer', details: [['some']] }] },
          { name: 'RoleBindings', children: [{ name: 'tenant-admin', details: [['User', 'ada'], ['Group', 'leads']] }, { name: 'viewer', details: [['ServiceAccount', 'ci/deployer']] }] }
        ]
      },
      { name: 'Status Active', children: [{ name: 'Ready', details: [['True', 'all is well']] }] }
    ]
  }
  expect(`\n${renderTree(tree).join('\n')}\n`).toBe(`
Tenant acme
├─ Namespace tenant-acme-shop  pod security: restricted
│  ├─ Roles
│  │  ├─ tenant-admin  all
│  │  └─ viewer        some
│  └─ RoleBindings
│     ├─ tenant-admin  User            ada
│     │                Group           leads
│     └─ viewer        ServiceAccount  ci/deployer
└─ Status Active
   └─ Ready  True  all is well
`)
})
