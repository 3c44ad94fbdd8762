import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { repositoryPath } from '../cluster/paths.ts'

export interface ChartRelease {
  version: string
  chart: string
  /** Whether it was created from this repository, with a different CRD. */
  isSimulated?: boolean
}

/** A guardrail that only the simulated previous release has. */
export const formerGuardrail = 'k8s-mtp-former'

const tenantsCrd = 'files/crds/k8s-mtp.dev_tenants.yaml'
const controllersCrd = 'charts/metacontroller-crds/crds/metacontroller.k8s.io_compositecontrollers.yaml'

interface Crd { spec: { versions: Array<{ additionalPrinterColumns?: object[], schema: { openAPIV3Schema: { properties: { spec: { properties: Record<string, object> } } } } }> } }

/** A field of CompositeControllers that the simulated previous release does not define. */
export const laterField = 'endpointConfigs'

/** A release before this one, and the files below / in which its image differs from ours. */
export interface PreviousRelease extends ChartRelease { image: string }

/**
 * Returns the previous release: K8S_MTP_PREVIOUS_CHART, the chart as pulled by helm, with K8S_MTP_PREVIOUS_IMAGE, a folder
 * with /app of its image. Without them, it simulates one from this repository: a lower version of chart and program, a CRD
 * without printer columns, one of Metacontroller without a field, and one more guardrail, so that an upgrade changes all of them.
 */
export function previousRelease (folder: string, env: NodeJS.ProcessEnv = process.env): PreviousRelease {
  const { K8S_MTP_PREVIOUS_CHART: chart, K8S_MTP_PREVIOUS_IMAGE: image } = env
  if (chart !== undefined && image !== undefined) return { version: versionOf(join(image, 'app/package.json')), chart, image }
  const version = '0.0.1'
  const simulated = { version, chart: join(folder, 'previous-chart'), image: join(folder, 'previous-image'), isSimulated: true }
  cpSync(repositoryPath('chart'), simulated.chart, { recursive: true })
  change<{ version: string, appVersion: string }>(join(simulated.chart, 'Chart.yaml'), chart => {
    Object.assign(chart, { version, appVersion: version })
  })
  change<Crd>(join(simulated.chart, tenantsCrd), crd => { for (const served of crd.spec.versions) delete served.additionalPrinterColumns })
  change<Crd>(join(simulated.chart, controllersCrd), crd => {
    for (const { schema } of crd.spec.versions) delete schema.openAPIV3Schema.properties.spec.properties[laterField]
  })
  const guardrail = readFileSync(repositoryPath('chart/files/guardrails/retained-tenants.yaml'), 'utf8')
  writeFileSync(join(simulated.chart, 'files/guardrails/former.yaml'), guardrail.replaceAll('k8s-mtp-retained-tenants', formerGuardrail))
  mkdirSync(join(simulated.image, 'app'), { recursive: true })
  writeFileSync(join(simulated.image, 'app/package.json'), JSON.stringify({ ...packageJson(), version }))
  return simulated
}

/** Returns the release in this repository. */
export function thisRelease (): ChartRelease {
  return { version: versionOf(repositoryPath('package.json')), chart: repositoryPath('chart') }
}

/** Returns the printer columns in the CRD of this repository. */
export function tenantColumns (): object[] {
  const crd: Crd = parse(readFileSync(repositoryPath(`chart/${tenantsCrd}`), 'utf8'))
  return crd.spec.versions.flatMap(({ additionalPrinterColumns }) => additionalPrinterColumns ?? [])
}

function change<T> (file: string, by: (content: T) => void): void {
  const content: T = parse(readFileSync(file, 'utf8'))
  by(content)
  writeFileSync(file, stringify(content))
}

function packageJson (): object {
  return JSON.parse(readFileSync(repositoryPath('package.json'), 'utf8'))
}

function versionOf (file: string): string {
  return String(JSON.parse(readFileSync(file, 'utf8')).version)
}
