import { readdirSync, statSync } from 'node:fs'
import { repositoryPath } from '../cluster/paths.ts'

/**
 * The built program, which starts in a fourth of the time of its source.
 * @throws if it is older than the source
 */
export const builtProgram = repositoryPath('dist/main.js')

const timeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
const newest = Math.max(...readdirSync(repositoryPath('src'), { recursive: true, encoding: 'utf8' }).map(path => timeOf(repositoryPath(`src/${path}`))))
if (timeOf(builtProgram) < newest) throw new Error('dist is older than src: run npm run build')
