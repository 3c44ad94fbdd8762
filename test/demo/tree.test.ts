import { expect, it } from 'vitest'
import { renderTree } from './tree.ts'

it('draws a tree with the details of siblings aligned', () => {
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
      { name: 'Status Active', children: [{ name: 'Ready', details: [['True', 'up to date']] }] }
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
   └─ Ready  True  up to date
`)
})
