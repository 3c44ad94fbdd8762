import { execFile } from 'node:child_process'
import { repositoryPath } from '../cluster/paths.ts'

/** Runs a program in the repository and gives what it printed. Rejects, with all that it said, where it fails. */
export async function run (program: string, args: string[]): Promise<string> {
  return await new Promise((resolve, reject) => {
    execFile(program, args, { cwd: repositoryPath('.'), maxBuffer: 64 * 1024 * 1024 }, (error, stdout) => {
      if (error === null) resolve(stdout)
      else reject(new Error(`${error.message}\n${stdout}`))
    })
  })
}
