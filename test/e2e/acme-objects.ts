/**
 * All objects of the Tenant in `tenant.test.ts` under the class `default`, written by hand and not computed from the
 * class. Only the rules of the Roles tenant-admin and tenant-operator are missing: `access.test.ts` covers them.
 */
export function acmeObjects (tenant: string): Array<Record<string, unknown>> {
  const namespace = `tenant-${tenant}-shop`
  const labels = { 'app.kubernetes.io/managed-by': 'k8s-mtp', 'k8s-mtp.dev/tenant': tenant, 'k8s-mtp.dev/class': 'default' }
  const inNamespace = (name: string) => ({ name, namespace, labels })
  const ownNamespace = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }
  const binding = (name: string, role: string, subjects: object[]) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: inNamespace(name),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role },
    ...(subjects.length > 0 && { subjects })
  })
  const quota = (name: string, hard: Record<string, string>) => ({
    apiVersion: 'v1', kind: 'ResourceQuota', metadata: inNamespace(name), spec: { hard }
  })
  const policy = (name: string, spec: object) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: inNamespace(name),
    spec: { podSelector: {}, ...spec }
  })

  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: namespace,
        labels: {
          ...labels,
          'kubernetes.io/metadata.name': namespace,
          'pod-security.kubernetes.io/enforce': 'restricted',
          'pod-security.kubernetes.io/enforce-version': 'latest',
          'pod-security.kubernetes.io/warn': 'privileged',
          'pod-security.kubernetes.io/warn-version': 'latest'
        }
      }
    },
    {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: inNamespace('tenant-limits'),
      spec: {
        limits: [
          {
            type: 'Container',
            defaultRequest: { cpu: '25m', memory: '48Mi', 'ephemeral-storage': '128Mi' },
            default: { cpu: '500m', memory: '1Gi', 'ephemeral-storage': '2Gi' },
            max: { cpu: '500m', memory: '1Gi', 'ephemeral-storage': '2Gi' }
          },
          { type: 'PersistentVolumeClaim', max: { storage: '100Gi' } }
        ]
      }
    },
    quota('tenant-objects', {
      configmaps: '50',
      secrets: '150',
      services: '20',
      'services.nodeports': '0',
      'services.loadbalancers': '0',
      replicationcontrollers: '0',
      resourcequotas: '6',
      'count/pods': '300',
      'count/serviceaccounts': '20',
      'count/endpoints': '60',
      'count/podtemplates': '20',
      'count/limitranges': '5',
      'count/deployments.apps': '12',
      'count/replicasets.apps': '144',
      'count/statefulsets.apps': '8',
      'count/daemonsets.apps': '2',
      'count/controllerrevisions.apps': '120',
      'count/jobs.batch': '60',
      'count/cronjobs.batch': '10',
      'count/horizontalpodautoscalers.autoscaling': '20',
      'count/ingresses.networking.k8s.io': '20',
      'count/poddisruptionbudgets.policy': '20',
      'count/resourceclaims.resource.k8s.io': '0',
      'count/resourceclaimtemplates.resource.k8s.io': '0'
    }),
    quota('tenant-quota', {
      cpu: '500m',
      memory: '1Gi',
      pods: '20',
      'limits.cpu': '16',
      'limits.memory': '32Gi',
      'requests.nvidia.com/gpu': '0',
      'requests.nvidia.com/gpu.shared': '0',
      'requests.amd.com/gpu': '0',
      'requests.gpu.intel.com/i915': '0',
      'requests.gpu.intel.com/xe': '0',
      'requests.habana.ai/gaudi': '0',
      'requests.google.com/tpu': '0',
      'requests.aws.amazon.com/neuron': '0',
      'requests.aws.amazon.com/neuroncore': '0',
      'requests.hugepages-64Ki': '0',
      'requests.hugepages-2Mi': '0',
      'requests.hugepages-32Mi': '0',
      'requests.hugepages-1Gi': '0'
    }),
    quota('tenant-storage', {
      'requests.storage': '10Gi',
      persistentvolumeclaims: '10',
      'requests.ephemeral-storage': '4Gi',
      'limits.ephemeral-storage': '64Gi'
    }),
    {
      apiVersion: 'k8s-mtp.dev/v1',
      kind: 'WorkloadPolicy',
      metadata: inNamespace('tenant-workloads'),
      spec: {
        tenantName: tenant,
        className: 'default',
        cordoned: false,
        services: { types: ['ClusterIP'], externalIPs: [], allowChosenClusterIPs: false, allowNodePorts: false },
        endpoints: { addresses: [] },
        pods: {
          allowNodeName: false,
          tolerations: [],
          nodeSelector: {},
          runtimeClasses: [],
          schedulers: ['default-scheduler'],
          csiDrivers: [],
          imagePullPolicies: ['*'],
          maxContainers: 32,
          maxTerminationGracePeriodSeconds: 3600,
          defaults: {
            podSecurity: true, userNamespaces: false, nodeSelector: {}, tolerations: [], runtimeClass: '', priorityClass: ''
          }
        },
        networkPolicies: { narrow: false, ingress: [], egress: [] },
        hostNames: [],
        allowRoutesWithoutHostNames: false,
        ingressClasses: ['*'],
        gatewayClasses: ['*'],
        storageClasses: ['*'],
        volumeAttributesClasses: [],
        allowVolumeNames: false,
        priorityClasses: [],
        deviceClasses: [],
        imageRegistries: ['*'],
        allowBlockingDisruptionBudgets: false,
        refusedAnnotations: {
          services: [
            'external-dns.alpha.kubernetes.io/', 'service.beta.kubernetes.io/', 'service.kubernetes.io/load-balancer', 'networking.gke.io/',
            'cloud.google.com/load-balancer-type', 'metallb.io/', 'metallb.universe.tf/', 'io.cilium/', 'service.cilium.io/', 'lbipam.cilium.io/'
          ],
          ingresses: [
            'nginx.ingress.kubernetes.io/server-snippet', 'nginx.ingress.kubernetes.io/configuration-snippet',
            'nginx.ingress.kubernetes.io/stream-snippet', 'nginx.ingress.kubernetes.io/auth-snippet',
            'nginx.ingress.kubernetes.io/server-alias', 'nginx.ingress.kubernetes.io/auth-secret',
            'nginx.ingress.kubernetes.io/auth-tls-secret', 'nginx.ingress.kubernetes.io/proxy-ssl-secret',
            'external-dns.alpha.kubernetes.io/', 'cert-manager.io/common-name', 'cert-manager.io/alt-names', 'cert-manager.io/subject-',
            'traefik.ingress.kubernetes.io/router.middlewares', 'traefik.ingress.kubernetes.io/router.tls.options',
            'alb.ingress.kubernetes.io/', 'networking.gke.io/', 'kubernetes.io/ingress.global-static-ip-name'
          ],
          serviceAccounts: ['eks.amazonaws.com/', 'iam.gke.io/', 'azure.workload.identity/'],
          secrets: ['reflector.v1.k8s.emberstack.com/', 'replicator.v1.mittwald.de/']
        }
      }
    },
    policy('allow-dns', {
      egress: [{
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
            podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } }
          },
          { ipBlock: { cidr: '169.254.20.10/32' } }
        ],
        ports: [{ port: 53, protocol: 'UDP' }, { port: 53, protocol: 'TCP' }]
      }],
      policyTypes: ['Egress']
    }),
    policy(
      'allow-same-namespace',
      { ingress: [{ from: [ownNamespace] }], egress: [{ to: [ownNamespace] }], policyTypes: ['Ingress', 'Egress'] }
    ),
    policy('default-deny', { policyTypes: ['Ingress', 'Egress'] }),
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: inNamespace('tenant-viewer'),
      rules: [
        ...viewerRules,
        { apiGroups: [''], resources: ['namespaces'], resourceNames: [namespace], verbs: ['get'] },
        { apiGroups: ['k8s-mtp.dev'], resources: ['workloadpolicies'], resourceNames: ['tenant-workloads'], verbs: ['get'] }
      ]
    },
    binding('tenant-admin', 'tenant-admin', [
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'acme-leads' },
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ada@acme.example' }
    ]),
    binding('tenant-operator', 'tenant-operator', [{ kind: 'ServiceAccount', name: 'deployer', namespace: 'ci' }]),
    binding('tenant-viewer', 'tenant-viewer', [])
  ]
}

const read = ['get', 'list', 'watch']

const viewerRules = [
  {
    apiGroups: [''],
    resources: [
      'pods', 'services', 'endpoints', 'configmaps', 'serviceaccounts', 'events', 'persistentvolumeclaims', 'resourcequotas',
      'limitranges', 'replicationcontrollers', 'podtemplates'
    ],
    verbs: read
  },
  { apiGroups: [''], resources: ['pods/log', 'pods/status'], verbs: ['get'] },
  { apiGroups: ['apps'], resources: ['deployments', 'replicasets', 'statefulsets', 'daemonsets', 'controllerrevisions'], verbs: read },
  { apiGroups: ['batch'], resources: ['jobs', 'cronjobs'], verbs: read },
  { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: read },
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'networkpolicies'], verbs: read },
  { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: read },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
  { apiGroups: ['metrics.k8s.io'], resources: ['pods'], verbs: ['get', 'list'] }
]
