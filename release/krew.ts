import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { packageVersion } from '../src/version.ts'

/*
 * Prints the manifest by which krew installs the archives of a release as `kubectl mtp`:
 *
 *   node --import tsx release/krew.ts FOLDER
 *
 * FOLDER has an archive k8s-mtp_OS_ARCH.tar.gz for each platform, by the names of Go.
 * Source: https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest/
 */
const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('name the folder with the archives: node --import tsx release/krew.ts FOLDER')

const repository = 'https://github.com/k8s-mtp/k8s-mtp'
const platforms = readdirSync(folder).sort().map(name => {
  const [, os, arch] = /^k8s-mtp_(linux|darwin|windows)_(amd64|arm64)\.tar\.gz$/.exec(name) ?? []
  if (os === undefined) throw new Error(`${name}: no archive of an executable, which are named k8s-mtp_OS_ARCH.tar.gz`)
  const program = os === 'windows' ? 'k8s-mtp.exe' : 'k8s-mtp'
  return {
    selector: { matchLabels: { os, arch } },
    uri: `${repository}/releases/download/v${packageVersion}/${name}`,
    sha256: createHash('sha256').update(readFileSync(join(folder, name))).digest('hex'),
    bin: program,
    files: [program, 'LICENSE'].map(file => ({ from: `./${file}`, to: '.' }))
  }
})
if (platforms.length === 0) throw new Error(`${folder} has no archive`)

process.stdout.write(stringify({
  apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
  kind: 'Plugin',
  metadata: { name: 'mtp' },
  spec: {
    version: `v${packageVersion}`,
    homepage: repository,
    shortDescription: 'Operate tenants of a multi-tenant cluster',
    description: 'Shows, explains, verifies and reviews the Tenants of k8s-mtp, which turns each into secure, isolated\n' +
      'namespaces with roles, quotas and network isolation.\n',
    caveats: `Commands for clusters need k8s-mtp in the cluster: ${repository}/blob/main/docs/install.md\n`,
    platforms
  }
}, { lineWidth: 0 }))
