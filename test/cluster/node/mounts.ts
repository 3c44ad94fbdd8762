import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

/** Unmounts all below a folder, what is in use too. */
export async function unmountBelow (folder: string): Promise<void> {
  const places = readFileSync('/proc/mounts', 'utf8').split('\n').map(line => line.split(' ')[1] ?? '')
  for (const place of places.filter(place => place.startsWith(`${folder}/`)).reverse()) {
    await promisify(execFile)('umount', ['--lazy', place]).catch(() => {})
  }
}
