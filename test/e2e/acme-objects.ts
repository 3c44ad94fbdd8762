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
          'pod-security.kubernetes.io/audit': 'restricted',
          'pod-security.kubernetes.io/audit-version': 'latest',
          'pod-security.kubernetes.io/warn': 'restricted',
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
            default: { cpu: '250m', memory: '128Mi', 'ephemeral-storage': '512Mi' },
            max: { cpu: '500m', memory: '1Gi', 'ephemeral-storage': '4Gi' }
          },
          { type: 'PersistentVolumeClaim', max: { storage: '10Gi' } }
        ]
      }
    },
    quota('tenant-objects', {
      configmaps: '50',
      secrets: '50',
      services: '20',
      'services.nodeports': '0',
      'services.loadbalancers': '0',
      'count/pods': '300',
      'count/serviceaccounts': '20',
      'count/endpoints': '60',
      'count/podtemplates': '20',
      'count/limitranges': '5',
      'count/deployments.apps': '30',
      'count/replicasets.apps': '330',
      'count/statefulsets.apps': '20',
      'count/daemonsets.apps': '5',
      'count/controllerrevisions.apps': '300',
      'count/jobs.batch': '50',
      'count/cronjobs.batch': '20',
      'count/horizontalpodautoscalers.autoscaling': '30',
      'count/ingresses.networking.k8s.io': '20',
      'count/poddisruptionbudgets.policy': '30'
    }),
    quota('tenant-quota', { cpu: '500m', memory: '1Gi', pods: '20' }),
    quota('tenant-storage', {
      'requests.storage': '10Gi',
      persistentvolumeclaims: '10',
      'requests.ephemeral-storage': '4Gi',
      'limits.ephemeral-storage': '20Gi'
    }),
    {
      apiVersion: 'k8s-mtp.dev/v1',
      kind: 'WorkloadPolicy',
      metadata: inNamespace('tenant-workloads'),
      spec: {
        tenantName: tenant,
        className: 'default',
        cordoned: false,
        services: { types: ['ClusterIP'], externalIPs: [] },
        endpoints: { addresses: [] },
        ingressClasses: ['*'],
        storageClasses: ['*'],
        priorityClasses: ['*'],
        imageRegistries: ['*']
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
