import { isAbsolute, relative, resolve, sep } from 'node:path'

/** The path from the working directory, with slashes, for a file below it; for other files the path as it is. */
export function relativeFile (file: string): string {
  const path = relative('', resolve(file))
  return isOutside(path) ? file : path.split(sep).join('/')
}

export function isOutside (path: string): boolean {
  return path === '' || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)
}
