import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import { allowAll } from './allow-all.ts'
import { changes } from './changes.ts'
import { installRelease, type Installed } from './installed.ts'
import { members } from './members.ts'
import { packets } from './packets.ts'
import { users } from './users.ts'
import { work } from './work.ts'

/** Tenants with workloads on a real node, one installation of the chart for all. */
let installed: Installed
beforeAll(async () => { installed = await installRelease() })
afterAll(async () => { await installed?.stop() })
afterEach(({ task }) => { if (task.result?.state === 'fail') console.log(`the files of the run: ${installed.folder}`) })

describe('packets', () => packets(() => installed))
describe('packets with NetworkPolicies of all admins that allow everything', () => packets(() => installed, allowAll))
describe('packets while isolation changes', () => changes(() => installed))
describe('kubectl', () => members(() => installed))
describe('images', () => users(() => installed))
describe('a node', () => work(() => installed))
