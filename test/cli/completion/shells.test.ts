import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shells } from '../../../src/cli/completion/shells.ts'
import { builtProgram } from '../../support/built-program.ts'
import { attempt, run } from '../../support/run.ts'

const folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-completion-'))
const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, HOME: folder }

beforeAll(() => {
  const program = join(folder, 'k8s-mtp')
  const node = [process.execPath, builtProgram].map(word => `'${word}'`).join(' ')
  writeFileSync(program, `#!/bin/sh\nexec ${node} "$@"\n`)
  chmodSync(program, 0o755)
  writeFileSync(join(folder, 'tenants.yaml'), '')
})
afterAll(() => { rmSync(folder, { recursive: true }) })

/** What each shell offers for the words, of which the last is being typed. */
const drivers: Record<string, (words: string[]) => string> = {
  bash: words => `source <(k8s-mtp completion bash); source <(k8s-mtp completion bash)
    COMP_WORDS=(k8s-mtp ${words.map(word => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _k8s_mtp; printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: words => `compdef() { :; }; _describe() { print -l -- "\${(@P)2%%:*}"; }; _files() { print -l -- *.yaml; }
    source <(k8s-mtp completion zsh); words=(k8s-mtp ${words.map(word => `'${word}'`).join(' ')}); CURRENT=${words.length + 1}; _k8s_mtp`,
  fish: words => `k8s-mtp completion fish | source; complete -C 'k8s-mtp ${words.join(' ')}' | string replace -r '\\t.*' ''; or true`
}

describe.each(Object.keys(drivers))('completion in %s', shell => {
  const isInstalled = async () => (await attempt('which', [shell])).code === 0
  const offered = async (...words: string[]) => {
    const lines = await run(shell, ['-c', drivers[shell]?.(words) ?? ''], { cwd: folder, env })
    return lines.trim().split('\n').sort()
  }

  it('offers commands, formats and files', async context => {
    if (!await isInstalled()) context.skip(`${shell} is not installed`)
    expect(await offered('re')).toEqual(['recheck', 'release', 'render'])
    expect(await offered('render', '-o', '')).toEqual(['json', 'yaml'])
    expect(await offered('render', '-f', 'ten')).toEqual(['tenants.yaml'])
  })
})

describe('completion', () => {
  it('is there for PowerShell', () => {
    expect(shells['powershell']).toContain("Register-ArgumentCompleter -Native -CommandName 'k8s-mtp'")
  })
})
