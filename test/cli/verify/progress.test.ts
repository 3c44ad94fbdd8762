import { expect, test } from 'vitest'
import { createProgress } from '../../../src/cli/verify/progress.ts'

function shown (isTTY: boolean): string[] {
  const written: string[] = []
  const progress = createProgress({ isTTY, columns: 20, write: text => written.push(text) })
  progress.show('1/2 tenant-acme-shop: access-inside')
  progress.end()
  return written
}

test('a terminal shows one line, cut to its width, and keeps nothing of it', () => {
  expect(shown(true)).toEqual(['\r\u001b[2K1/2 tenant-acme-sho', '\r\u001b[2K'])
})

test('a file gets none of it', () => {
  expect(shown(false)).toEqual([])
})
