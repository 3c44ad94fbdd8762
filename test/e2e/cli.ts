import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { repositoryPath } from '../cluster/paths.ts'
import { platform } from './context.ts'

export interface CliResult { code: number, stdout: string, stderr: string }

const asBreakGlass = ['--as', 'break-glass', '--as-group', 'k8s-mtp:break-glass', '--as-group', 'system:masters', '--as-group', 'system:authenticated']

/** Runs the built program as people do, against the control plane of the tests and as a member of a break-glass group unless said otherwise. */
export async function k8sMtp (args: string[], identity: string[] = asBreakGlass): Promise<CliResult> {
  return await k8sMtpAt(platform().kubeconfig, args, identity)
}

/** The same against another control plane. */
export async function k8sMtpAt (kubeconfig: string, args: string[], identity: string[] = asBreakGlass): Promise<CliResult> {
  const child = spawn(process.execPath, [repositoryPath('dist/main.js'), ...args, '--kubeconfig', kubeconfig, ...identity], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve(code ?? -1))
  })
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  return { code, stdout, stderr }
}
