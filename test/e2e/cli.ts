import { repositoryPath } from '../cluster/paths.ts'
import { attempt, type Ended } from '../support/run.ts'
import { platform } from './context.ts'

const asBreakGlass = ['--as', 'break-glass', '--as-group', 'k8s-mtp:break-glass', '--as-group', 'system:masters', '--as-group', 'system:authenticated']

/** Runs the built program against the control plane of the tests, by default as a member of a break-glass group. */
export async function k8sMtp (args: string[], identity: string[] = asBreakGlass): Promise<Ended> {
  return await k8sMtpAt(platform().kubeconfig, args, identity)
}

/** Runs the built program against another control plane. */
export async function k8sMtpAt (kubeconfig: string, args: string[], identity: string[] = asBreakGlass): Promise<Ended> {
  return await attempt(process.execPath, [repositoryPath('dist/main.js'), ...args, '--kubeconfig', kubeconfig, ...identity])
}
