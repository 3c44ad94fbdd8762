import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { repositoryPath } from '../cluster/paths.ts'

/** A chart, as helm takes it, and the image that it installs, as a folder with what that has in /app. */
export interface ChartRelease {
  version: string
  chart: string
  image: string
  /** Made of this tree with another CRD; one that was published may have the same. */
  madeUp?: boolean
}

const tenantsCrd = 'files/crds/k8s-mtp.dev_tenants.yaml'

interface Crd { spec: { versions: Array<{ additionalPrinterColumns?: object[] }> } }

/**
 * The release before this one. While none has been published it is made of this tree: with a lower version of chart and program, and a CRD that lacks
 * the columns of kubectl, so that an upgrade changes all three. Once there is one, K8S_MTP_PREVIOUS_CHART and K8S_MTP_PREVIOUS_IMAGE
 * name its chart (as helm pull brings it) and a folder with what its image has in /app.
 */
export function previousRelease (folder: string, env: NodeJS.ProcessEnv = process.env): ChartRelease {
  const { K8S_MTP_PREVIOUS_CHART: chart, K8S_MTP_PREVIOUS_IMAGE: image } = env
  if (chart !== undefined && image !== undefined) return { version: versionOf(join(image, 'package.json')), chart, image }
  const version = '0.0.1'
  const made = { version, chart: join(folder, 'previous-chart'), image: join(folder, 'previous-image'), madeUp: true }
  cpSync(repositoryPath('chart'), made.chart, { recursive: true })
  change<{ version: string, appVersion: string }>(join(made.chart, 'Chart.yaml'), chart => { Object.assign(chart, { version, appVersion: version }) })
  change<Crd>(join(made.chart, tenantsCrd), crd => { for (const served of crd.spec.versions) delete served.additionalPrinterColumns })
  mkdirSync(made.image)
  cpSync(repositoryPath('dist'), join(made.image, 'dist'), { recursive: true })
  symlinkSync(repositoryPath('node_modules'), join(made.image, 'node_modules'))
  writeFileSync(join(made.image, 'package.json'), JSON.stringify({ ...packageJson(), version }))
  return made
}

/** What is in this tree. */
export function thisRelease (): ChartRelease {
  return { version: versionOf(repositoryPath('package.json')), chart: repositoryPath('chart'), image: repositoryPath('') }
}

/** The columns that kubectl shows of Tenants, by the CRD of this tree. */
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
