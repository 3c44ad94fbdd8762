import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { repositoryPath } from '../cluster/paths.ts'
import { run } from '../support/run.ts'
import { tool } from '../tools/tools.ts'

interface Verdict { status: string, message: string }

/** The health of an object, by each tool that waits for it. */
export interface Verdicts { kstatus: Verdict, flux: Verdict, argo: Verdict }

export const luaFile = repositoryPath('examples/gitops/argocd/health.lua')

/** The health check in the Kustomization of Flux. */
async function fluxCheck (): Promise<unknown> {
  const kustomization = parse(await readFile(repositoryPath('examples/gitops/flux/tenants.yaml'), 'utf8')) as { spec: { healthCheckExprs: unknown[] } }
  return kustomization.spec.healthCheckExprs[0]
}

/** Runs kstatus, the evaluator of Flux with our expressions, and the Lua interpreter of Argo CD with our health check. */
export async function verdictsOf (objects: object[]): Promise<Verdicts[]> {
  const folder = await mkdtemp(join(tmpdir(), 'k8s-mtp-readers-'))
  try {
    const check = join(folder, 'check.json')
    await writeFile(check, JSON.stringify(await fluxCheck()))
    const lines = await run(await tool('health-readers'), [luaFile, check], { input: objects.map(object => JSON.stringify(object)).join('\n') })
    return lines.trim().split('\n').map(line => JSON.parse(line) as Verdicts)
  } finally {
    await rm(folder, { recursive: true })
  }
}
