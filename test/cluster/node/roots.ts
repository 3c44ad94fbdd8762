import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Lays out the Node of this process with its libraries, as its distroless image has it: no shell, and a user nonroot. */
export function writeNodeRoot (root: string): void {
  place(process.execPath, join(root, 'nodejs/bin/node'))
  for (const library of librariesOf(process.execPath)) place(library, join(root, library))
  writeAccounts(root)
}

/** The user nonroot, whom images name. */
export function writeAccounts (root: string): void {
  mkdirSync(join(root, 'etc'), { recursive: true })
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n')
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnonroot:x:65532:\n')
}

/** Lays out a shell with the usual programs. */
export function writeShellRoot (root: string, busybox: string): void {
  place(busybox, join(root, 'bin/busybox'))
  for (const name of ['sh', 'cat', 'ls', 'id', 'sleep', 'echo', 'wget', 'nc', 'nslookup', 'ping', 'dd', 'head', 'tail', 'httpd', 'env']) {
    symlinkSync('busybox', join(root, 'bin', name))
  }
  mkdirSync(join(root, 'tmp'), { mode: 0o1777 })
}

/** Copies a program; what it is linked with is not copied. */
export function place (program: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true })
  copyFileSync(program, target)
}

/** The paths that the loader finds them at, itself included. */
function librariesOf (program: string): string[] {
  return execFileSync('ldd', [program], { encoding: 'utf8' }).split('\n')
    .flatMap(line => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1] ?? [])
}
