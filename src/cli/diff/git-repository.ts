import { spawn } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { basename, dirname, join, posix, relative } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { InputError } from '../input/input-error.ts'
import { isManifestFile, type SourceFile } from '../input/source-documents.ts'

/** The two sides of a comparison in a repository; without a head, it is the working tree. */
export interface GitRange { base: string, head: string | undefined }

interface Ended { code: number, output: Buffer, errors: string }

/** Runs git, which never changes the working tree or the index here. */
async function git (folder: string, args: readonly string[], input = ''): Promise<Ended> {
  const child = spawn('git', args, { cwd: folder, stdio: 'pipe' })
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT'
        ? new InputError('--git needs git, which is not on PATH. Install it, or name two folders: k8s-mtp diff BASE HEAD')
        : error)
    })
    child.once('close', code => resolve(code ?? -1))
  })
  child.stdin.on('error', () => {}).end(input)
  const [code, output, errors] = await Promise.all([ended, buffer(child.stdout), text(child.stderr)])
  return { code, output, errors: errors.trim() }
}

/**
 * Resolves `A...B` (merge base and B), `A..B`, or `A` (with the working tree). An empty side is HEAD.
 * @throws InputError where git, the repository, a revision or the merge base is missing
 */
export async function resolveRange (folder: string, range: string): Promise<GitRange> {
  const { code, errors } = await git(folder, ['rev-parse', '--git-dir'])
  if (code !== 0) throw new InputError(`--git needs a repository: ${errors}`)
  const [, left = '', dots, right = ''] = /^(.*?)(?:(\.{2,3})(.*))?$/s.exec(range) ?? []
  if (dots === undefined) return { base: await commitOf(folder, left), head: undefined }
  const [base, head] = [await commitOf(folder, left), await commitOf(folder, right)]
  return { base: dots === '...' ? await mergeBase(folder, range, base, head) : base, head }
}

async function commitOf (folder: string, revision: string): Promise<string> {
  const name = revision === '' ? 'HEAD' : revision
  const { code, output } = await git(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`])
  if (code === 0) return output.toString().trim()
  const hint = await isShallow(folder) ? ' The clone is shallow: fetch its history (fetch-depth: 0 of actions/checkout).' : ''
  throw new InputError(`--git: unknown revision ${name}. In a CI system, branches often exist as origin/${name} only.${hint}`)
}

async function mergeBase (folder: string, range: string, base: string, head: string): Promise<string> {
  const { code, output } = await git(folder, ['merge-base', base, head])
  if (code === 0) return output.toString().trim()
  const advice = await isShallow(folder)
    ? 'the clone is shallow: fetch its history, by fetch-depth: 0 of actions/checkout, GIT_DEPTH: 0 of GitLab, or git fetch --unshallow'
    : 'compare both sides by two dots instead'
  throw new InputError(`--git ${range}: the two revisions have no common commit; ${advice}`)
}

async function isShallow (folder: string): Promise<boolean> {
  return (await git(folder, ['rev-parse', '--is-shallow-repository'])).output.toString().trim() === 'true'
}

/** The manifests below some paths, and which of the paths do not exist. */
export interface FilesBelow { files: SourceFile[], missing: string[] }

/** Reads the manifests below some paths in a commit. Files are named as seen from the folder. */
export async function readCommit (folder: string, commit: string, paths: readonly string[]): Promise<FilesBelow> {
  const prefix = (await git(folder, ['rev-parse', '--show-prefix'])).output.toString().replace(/\n$/, '')
  const roots = await Promise.all(paths.map(async path => ({ path, root: await fromTop(folder, prefix, path) })))
  const filter = roots.some(({ root }) => root === '.') ? [] : roots.map(({ root }) => root)
  const { code, output, errors } = await git(folder, ['--literal-pathspecs', 'ls-tree', '--full-tree', '-r', '-z', commit, '--', ...filter])
  if (code !== 0) throw new InputError(`--git cannot read ${paths.join(', ')}: ${errors}`)
  const entries = output.toString().split('\0').flatMap(line => {
    const [, type = '', oid = '', file = ''] = /^(\d{6} \w+) ([0-9a-f]+)\t(.*)$/s.exec(line) ?? []
    return file === '' ? [] : [{ type, oid, file }]
  })
  const named = entries.filter(({ file }) => roots.some(({ root }) => file === root || isManifestIn(root, file)))
  const links = named.filter(({ type }) => type === '120000 blob').map(({ file }) => file)
  const read = [...named.filter(({ type }) => /^100\d{3} blob$/.test(type)), ...await followLinks(folder, commit, links)]
  const blobs = await readBlobs(folder, [...new Set(read.map(({ oid }) => oid))])
  return {
    files: read.map(({ file, oid }) => ({ file: posix.relative(`/${prefix}`, `/${file}`), content: blobs.get(oid) ?? '' }))
      .sort((a, b) => a.file < b.file ? -1 : 1),
    missing: roots.filter(({ root }) => root !== '.' && !entries.some(({ file }) => file === root || isBelow(root, file)))
      .map(({ path }) => path)
  }
}

const isBelow = (root: string, file: string): boolean => root === '.' || file.startsWith(`${root}/`)
const isManifestIn = (root: string, file: string): boolean => isBelow(root, file) && isManifestFile(posix.relative(root, file))

/** The path from the top of the repository; `.` for the top. */
async function fromTop (folder: string, prefix: string, path: string): Promise<string> {
  const top = async () => (await git(folder, ['rev-parse', '--show-toplevel'])).output.toString().replace(/\n$/, '')
  const found = posix.isAbsolute(path) ? relative(await top(), realPath(path)) : posix.join(prefix, path)
  const normal = posix.normalize(found).replace(/\/$/, '')
  if (normal === '..' || normal.startsWith('../')) throw new InputError(`--git: ${path} is outside of the repository. Name a path in it.`)
  return normal
}

/** As git names the top: with links resolved, as far as the path exists. A folder of temporary files is often below one. */
function realPath (path: string): string {
  const parent = dirname(path)
  if (parent === path) return path
  try {
    return join(realpathSync(parent), basename(path))
  } catch {
    return join(realPath(parent), basename(path))
  }
}

/**
 * Finds the files of symbolic links, as the working tree and GitOps tools read them; a broken link is none. Source:
 * https://git-scm.com/docs/git-cat-file#Documentation/git-cat-file.txt---follow-symlinks
 * @throws InputError for a link out of the repository, of which a commit has no content
 */
async function followLinks (folder: string, commit: string, links: readonly string[]): Promise<Array<{ oid: string, file: string }>> {
  // A name with a line break would be two.
  const names = links.filter(file => !file.includes('\n'))
  if (names.length === 0) return []
  const input = names.map(file => `${commit}:${file}\n`).join('')
  const { output } = await git(folder, ['cat-file', '--batch-check=%(objectname) %(objecttype)', '--follow-symlinks'], input)
  let rest = output.toString()
  return names.flatMap(file => {
    const [line = ''] = rest.split('\n', 1)
    const [, state, size] = /^(symlink|dangling|loop|notdir) (\d+)$/.exec(line) ?? []
    // The target follows, with as many bytes.
    const target = state === undefined ? '' : Buffer.from(rest.slice(line.length + 1)).toString('utf8', 0, Number(size))
    rest = rest.slice(line.length + 1 + (state === undefined ? 0 : target.length + 1))
    if (state === 'symlink') {
      throw new InputError(`--git: ${file} is a symbolic link out of the repository, so its content is unknown. Replace it by a file.`)
    }
    const [, oid] = /^([0-9a-f]{40,}) blob$/.exec(line) ?? []
    return oid === undefined ? [] : [{ oid, file }]
  })
}

/** Reads all of them by one process. Source: https://git-scm.com/docs/git-cat-file#_batch_output */
async function readBlobs (folder: string, oids: readonly string[]): Promise<Map<string, string>> {
  const blobs = new Map<string, string>()
  if (oids.length === 0) return blobs
  const { output, errors } = await git(folder, ['cat-file', '--batch'], `${oids.join('\n')}\n`)
  let offset = 0
  for (const oid of oids) {
    const end = output.indexOf('\n', offset)
    const [, , size] = output.toString('utf8', offset, end).split(' ')
    const length = Number(size)
    if (end < 0 || !Number.isInteger(length)) throw new InputError(`--git cannot read the object ${oid}: ${errors}`)
    blobs.set(oid, output.toString('utf8', end + 1, end + 1 + length))
    offset = end + 1 + length + 1
  }
  return blobs
}
