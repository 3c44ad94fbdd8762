import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { programPath, resolveSystemPrograms } from './system-programs.ts'

const programs = ['busybox', 'ipset', 'iptables', 'iptables-save', 'iptables-restore', 'nft', 'runc']

/** Downloads a package that is a list of the files in it. */
const aptGet = `#!/bin/sh
echo "$@" >> "$CALLS"
for argument; do case $argument in Dir::Cache::archives=*) folder=\${argument#*=};; esac; done
printf 'bin/busybox\\nusr/sbin/ipset\\nusr/sbin/xtables-nft-multi\\nusr/sbin/nft\\nusr/sbin/runc\\nusr/lib/x-linux-gnu/libx.so\\n' > "$folder/all.deb"
`
const dpkgDeb = `#!/bin/sh
while read -r file; do mkdir -p "$3/$(dirname "$file")"; echo "$file" > "$3/$file"; chmod 755 "$3/$file"; done < "$2"
`

describe('the programs of the distribution', () => {
  let folder: string
  let env: NodeJS.ProcessEnv

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-test-'))
    env = { XDG_CACHE_HOME: join(folder, 'cache'), PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, CALLS: join(folder, 'calls') }
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  function put (name: string, content: string): void {
    mkdirSync(join(folder, 'bin'), { recursive: true })
    writeFileSync(join(folder, 'bin', name), content)
    chmodSync(join(folder, 'bin', name), 0o755)
  }
  const resolve = async (): Promise<NodeJS.ProcessEnv> => await resolveSystemPrograms({ env, log: () => {} })

  it('are those on PATH, if it has them all', async () => {
    for (const name of programs) put(name, '')
    expect(await resolve()).toBe(env)
  })

  it('are unpacked from packages once, with the names that an installation gives, and are found with their libraries', async () => {
    put('apt-get', aptGet)
    put('dpkg-deb', dpkgDeb)
    put('nft', 'own')
    const found = await resolve()
    expect(programPath('nft', found)).toBe(join(folder, 'bin', 'nft'))
    expect(readFileSync(programPath('iptables-restore', found), 'utf8')).toBe('usr/sbin/xtables-nft-multi\n')
    expect(found).toMatchObject({
      LD_LIBRARY_PATH: expect.stringMatching(/usr\/lib\/x-linux-gnu$/),
      XTABLES_LIBDIR: expect.stringMatching(/usr\/lib\/x-linux-gnu\/xtables$/)
    })
    expect(await resolve()).toEqual(found)
    const calls = readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n')
    expect(calls).toHaveLength(1)
    expect(calls[0]).toContain('--download-only')
    expect(calls[0]).toMatch(/ busybox-static ipset iptables runc$/)
  })

  it('are reported with what to install, if packages cannot be downloaded', async () => {
    put('apt-get', '#!/bin/sh\necho "E: no network" >&2; exit 100\n')
    await expect(resolve()).rejects.toThrow(/cannot be found or unpacked here[^]*E: no network[^]*apt-get install busybox-static ipset iptables nftables runc/)
    expect(existsSync(join(folder, 'cache/k8s-mtp/node-programs-1-linux-amd64'))).toBe(false)
  })

  it('are reported, if the packages do not contain them', async () => {
    put('apt-get', aptGet)
    put('dpkg-deb', '#!/bin/sh\nmkdir -p "$3"\n')
    await expect(resolve()).rejects.toThrow('the packages do not contain them')
  })
})
