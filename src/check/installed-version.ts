import type { ObservedObject } from '../kubernetes/object.ts'
import { packageVersion } from '../version.ts'

/** The chart sets it on all objects. Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
export function versionOf (object: ObservedObject | undefined): string | undefined {
  return object?.metadata.labels?.['app.kubernetes.io/version']
}

/** ` (of version 0.0.9)`, where an object has the label of another version. */
export function otherVersion (object: ObservedObject | undefined): string {
  const version = versionOf(object)
  return version === undefined || version === packageVersion ? '' : ` (of version ${version})`
}

/** @param command what applies the manifests of this version, for installations without the chart */
export function upgradeRemedy (objects: ReadonlyArray<ObservedObject | undefined>, command: string): string {
  const version = objects.map(versionOf).find(found => found !== undefined && found !== packageVersion)
  const otherCli = version === undefined ? '' : ` Or check with k8s-mtp ${version}, if that version is meant.`
  return `Run helm upgrade with version ${packageVersion} of the chart; without the chart: ${command}.${otherCli}`
}
