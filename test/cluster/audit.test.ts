import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readAuditWrites } from './audit.ts'

const folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-audit-'))
afterAll(() => { rmSync(folder, { recursive: true }) })

const event = (second: number, name: string): string => JSON.stringify({
  requestReceivedTimestamp: `2026-01-01T00:00:0${second}Z`, verb: 'create', user: { username: 'ada' }, objectRef: { resource: 'roles', name }
})
const start = Date.parse('2026-01-01T00:00:01Z')
const namesIn = (log: string) => readAuditWrites(log, start).map(({ name }) => name)

test('an audit log is read on from where it was read to, up to its last whole line', () => {
  const log = join(folder, 'growing.log')
  writeFileSync(log, `${event(0, 'before')}\n${event(1, 'one')}\n${event(2, 'two').slice(0, 20)}`)
  expect(namesIn(log)).toEqual(['one'])
  appendFileSync(log, `${event(2, 'two').slice(20)}\n`)
  expect(namesIn(log)).toEqual(['one', 'two'])
})

test('an audit log that was rotated is an error: writes would be missing', () => {
  const log = join(folder, 'rotated.log')
  writeFileSync(log, `${event(1, 'one')}\n${event(2, 'two')}\n`)
  expect(namesIn(log)).toEqual(['one', 'two'])
  writeFileSync(log, `${event(3, 'three')}\n`)
  expect(() => namesIn(log)).toThrow('rotated')
})
