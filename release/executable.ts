import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { shippedClassNames } from '../src/cli/input/manifest-set.ts'

/*
 * Builds k8s-mtp as a single executable for the platform that this runs on: node, with the program in it.
 *
 *   node --import tsx release/executable.ts FILE
 *
 * Source: https://nodejs.org/api/single-executable-applications.html
 */
const [file] = process.argv.slice(2)
if (file === undefined) throw new Error('name the file to write: node --import tsx release/executable.ts k8s-mtp')

const root = fileURLToPath(new URL('../', import.meta.url))
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'
const folder = mkdtempSync(join(tmpdir(), 'k8s-mtp-executable-'))
try {
  const [main, blob, config] = ['main.cjs', 'blob', 'config.json'].map(name => join(folder, name)) as [string, string, string]
  await build({
    absWorkingDir: root,
    // As src/main.ts, which awaits: the script of an executable cannot.
    stdin: { contents: "import { program } from './src/cli/program.ts'; program(process.argv.slice(2), process.argv[1])", resolveDir: root },
    outfile: main,
    bundle: true,
    minify: true,
    // Messages name classes of errors.
    keepNames: true,
    platform: 'node',
    target: `node${process.versions.node}`,
    format: 'cjs',
    // That of an executable warns when a dependency reads its properties.
    banner: { js: "require = require('node:module').createRequire(__filename)" },
    logLevel: 'warning',
    // Only files beside dist need it, and an executable has assets instead.
    logOverride: { 'empty-import-meta': 'silent' }
  })
  const paths = ['package.json', ...shippedClassNames.map(name => `examples/classes/${name}.yaml`)]
  const assets = Object.fromEntries(paths.map(path => [path, join(root, path)]))
  writeFileSync(config, JSON.stringify({ main, output: blob, assets, disableExperimentalSEAWarning: true, useCodeCache: true }))
  execFileSync(process.execPath, ['--experimental-sea-config', config], { stdio: ['ignore', 'ignore', 'inherit'] })
  mkdirSync(dirname(file), { recursive: true })
  copyFileSync(process.execPath, file)
  chmodSync(file, 0o755)
  if (process.platform === 'darwin') execFileSync('codesign', ['--remove-signature', file])
  const postject = fileURLToPath(import.meta.resolve('postject/dist/cli.js'))
  const segment = process.platform === 'darwin' ? ['--macho-segment-name', 'NODE_SEA'] : []
  execFileSync(process.execPath, [postject, file, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', fuse, ...segment], { stdio: 'pipe' })
  if (process.platform === 'darwin') execFileSync('codesign', ['--sign', '-', file])
} finally {
  rmSync(folder, { recursive: true })
}
