import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { attempt, type Ended } from '../support/run.ts'
import { tool } from '../tools/tools.ts'
import type { Installed } from './installed.ts'

/** Runs kubectl as a cluster admin, or as a user with --as. Ends it after 20 s, with -1. */
export async function kubectl ({ controlPlane: { kubeconfig } }: Pick<Installed, 'controlPlane'>, args: string[], input?: string): Promise<Ended> {
  return await attempt('timeout', ['20', await tool('kubectl'), '--kubeconfig', kubeconfig, ...args], { ...(input !== undefined && { input }) })
}

/** Starts kubectl, which goes on until it is killed. */
export async function startKubectl ({ controlPlane: { kubeconfig } }: Pick<Installed, 'controlPlane'>, args: string[]): Promise<ChildProcessWithoutNullStreams> {
  return spawn(await tool('kubectl'), ['--kubeconfig', kubeconfig, ...args], { stdio: 'pipe' })
}
