import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { engineAccount } from '../credentials.ts'
import type { KubeObject } from '../kube-object.ts'
import { engineImageName } from '../node/engine-image.ts'
import { repositoryPath } from '../paths.ts'

export interface StatefulSetOptions {
  /** By default that of metacontroller/values.yaml. */
  replicas?: number
  image?: string
  /** Further flags. */
  args?: string[]
}

interface Values {
  replicas: number
  commandArgs: string[]
  resources: object
  env: object[]
  affinity: object
  podSecurityContext: object
  securityContext: object
}

export const selectorLabels = { 'app.kubernetes.io/name': 'metacontroller-helm', 'app.kubernetes.io/instance': 'metacontroller' }

/** The StatefulSet that Metacontroller's chart 4.17.2 makes of metacontroller/values.yaml, in a release and namespace metacontroller. */
export function metacontrollerStatefulSet ({ replicas, image = engineImageName, args = [] }: StatefulSetOptions = {}): KubeObject {
  const values = parse(readFileSync(repositoryPath('metacontroller/values.yaml'), 'utf8')) as Values
  const probe = (path: string): object => ({ httpGet: { port: 8081, path } })
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: {
      ...engineAccount,
      labels: { ...selectorLabels, 'app.kubernetes.io/managed-by': 'Helm', 'app.kubernetes.io/version': 'v4.17.2', 'helm.sh/chart': 'metacontroller-helm-4.17.2' }
    },
    spec: {
      replicas: replicas ?? values.replicas,
      serviceName: '',
      selector: { matchLabels: selectorLabels },
      template: {
        metadata: { labels: selectorLabels },
        spec: {
          serviceAccountName: engineAccount.name,
          securityContext: values.podSecurityContext,
          affinity: values.affinity,
          containers: [{
            name: 'metacontroller-helm',
            securityContext: values.securityContext,
            image,
            imagePullPolicy: 'IfNotPresent',
            livenessProbe: probe('/healthz'),
            readinessProbe: probe('/readyz'),
            env: values.env,
            command: ['/usr/bin/metacontroller'],
            args: [...values.commandArgs, ...args],
            resources: values.resources
          }]
        }
      }
    }
  }
}
