import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { attempt } from '../../support/run.ts'
import type { EngineProgram } from '../engine.ts'
import { engineImage } from './engine-image.ts'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-engine-')) })
afterEach(() => rmSync(folder, { recursive: true }))

const node = { archive: 'node.tar', digest: 'node' }
const program = (name: EngineProgram['name'], command = ''): EngineProgram => ({ name, command, version: '4.17.2', args: [], source: 'repository' })
const placed = (): string => join(folder, 'engine-root/usr/bin/metacontroller')

/** The headers of an ELF program of 64 bits, with a program header of each type. */
function elf (types: number[]): string {
  const file = Buffer.alloc(64 + 56 * types.length)
  file.write('\x7fELF\x02\x01', 'latin1')
  file.writeBigUInt64LE(64n, 0x20)
  file.writeUInt16LE(56, 0x36)
  file.writeUInt16LE(types.length, 0x38)
  types.forEach((type, index) => file.writeUInt32LE(type, 64 + 56 * index))
  const path = join(folder, 'binary')
  writeFileSync(path, file)
  return path
}

test('the stand-in is one program, which needs only the Node of the image', async () => {
  const image = engineImage(program('stand-in'), { node }, folder)
  expect(image.layers[0]).toBe(node)
  expect(readFileSync(placed(), 'utf8')).toMatch(/^#!\/nodejs\/bin\/node\n/)
  const { code, stderr } = await attempt(process.execPath, [placed()], { cwd: folder, env: {} })
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('set --kubeconfig or KUBECONFIG, or run in a pod') })
})

test('the layer of the stand-in is the same each time', () => {
  const digests = ['a', 'b'].map(name => {
    const own = mkdtempSync(join(folder, name))
    return engineImage(program('stand-in'), { node }, own).layers[1]?.digest
  })
  expect(digests[0]).toBe(digests[1])
})

test('a static Metacontroller needs no other layer', () => {
  const binary = elf([6, 1])
  const image = engineImage(program('metacontroller', binary), { node }, folder)
  expect(image).toMatchObject({ layers: [{ archive: join(folder, 'engine.tar') }], config: { User: 'nonroot:nonroot', Cmd: ['/usr/bin/metacontroller'] } })
  expect(readFileSync(placed())).toEqual(readFileSync(binary))
})

test('refuses a Metacontroller that needs libraries, and says how to build it', () => {
  const binary = elf([6, 3, 1])
  expect(() => engineImage(program('metacontroller', binary), { node }, folder))
    .toThrow(`${binary} needs libraries, which its image on the node lacks: build it with CGO_ENABLED=0`)
})

test('refuses a file of another format', () => {
  writeFileSync(join(folder, 'script'), '#!/bin/sh\n')
  expect(() => engineImage(program('metacontroller', join(folder, 'script')), { node }, folder)).toThrow('not an ELF program of 64 bits')
})
