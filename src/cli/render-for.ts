import type { Tenant } from '../api/tenant.ts'
import { argoObjects, argoWarnings } from '../gitops/app-projects.ts'
import { deployerWarnings, type Deployment, type GitOpsObject } from '../gitops/deployer.ts'
import { fluxObjects } from '../gitops/flux-objects.ts'
import { InputError } from './input/input-error.ts'

/** The options of `k8s-mtp render` for another tool, as given. */
export interface RenderForOptions {
  /** `argocd` or `flux`. */
  for?: string
  /** URLs of repositories; `{tenant}` stands for the name of the Tenant. */
  sourceRepo?: string[]
  toolNamespace?: string
}

interface Tool {
  namespace: string
  maxRepos: number
  objectsOf: (tenant: Tenant, deployment: Deployment) => GitOpsObject[]
  warningsOf: (tenant: Tenant) => string[]
}

const tools: Readonly<Record<string, Tool>> = {
  argocd: { namespace: 'argocd', maxRepos: Infinity, objectsOf: argoObjects, warningsOf: argoWarnings },
  flux: { namespace: 'flux-system', maxRepos: 1, objectsOf: fluxObjects, warningsOf: () => [] }
}

/** Prints the objects that the tool needs for some Tenants. */
export type RenderFor = (tenants: readonly Tenant[]) => { objects: GitOpsObject[], warnings: string[] }

/**
 * Reads the options for another tool; undefined without `--for`.
 * @throws InputError unless they name a tool and its repositories
 */
export function renderForOf ({ for: name, sourceRepo = [], toolNamespace }: RenderForOptions): RenderFor | undefined {
  if (name === undefined) {
    if (sourceRepo.length > 0 || toolNamespace !== undefined) throw new InputError('--source-repo and --tool-namespace need --for.')
    return undefined
  }
  const tool = toolNamed(name, sourceRepo)
  const deployment = { namespace: toolNamespace ?? tool.namespace, sourceRepos: sourceRepo }
  return tenants => ({
    objects: tenants.flatMap(tenant => tool.objectsOf(tenant, deployment)),
    warnings: tenants.flatMap(tenant => [...deployerWarnings(tenant, deployment), ...tool.warningsOf(tenant)])
  })
}

function toolNamed (name: string, sourceRepos: readonly string[]): Tool {
  const tool = Object.hasOwn(tools, name) ? tools[name] : undefined
  if (tool === undefined) throw new InputError(`--for must be one of ${Object.keys(tools).join(', ')}, not ${name}.`)
  if (sourceRepos.length > 0 && sourceRepos.length <= tool.maxRepos) return tool
  const count = tool.maxRepos === 1 ? 'one' : 'at least one'
  throw new InputError(`--for ${name} needs ${count} --source-repo, such as https://git.example.com/{tenant}/deploy.git.`)
}
