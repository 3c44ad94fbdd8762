import type { ReachingKinds } from './reaching-kind.ts'

export const reachingProjectKinds: readonly ReachingKinds[] = [
  {
    project: 'Argo CD',
    resources: { 'argoproj.io': ['applications', 'applicationsets', 'appprojects'] },
    why: 'Argo CD deploys an Application with its own permissions, wherever the AppProject allows',
    remedy: 'Give the Tenant an AppProject with its namespace in sourceNamespaces and as only destination, and do not grant appprojects',
    source: 'https://argo-cd.readthedocs.io/en/stable/operator-manual/app-any-namespace/'
  },
  {
    project: 'Calico',
    resources: {
      'crd.projectcalico.org': ['networkpolicies', 'networksets'],
      'projectcalico.org': ['networkpolicies', 'networksets']
    },
    why: 'network policies of Calico have an order, and one that allows can precede those of Kubernetes',
    source: 'https://docs.tigera.io/calico/latest/reference/resources/networkpolicy'
  },
  {
    project: 'cert-manager',
    resources: { 'cert-manager.io': ['certificates', 'certificaterequests', 'issuers', 'clusterissuers'] },
    why: 'cert-manager approves each request, so a ClusterIssuer signs certificates for host names of others; ' +
      'clusterissuers are cluster-scoped, and a Role grants nothing on them',
    remedy: 'Use approver-policy instead of the approval of all requests, and bind each Tenant to a policy',
    source: 'https://cert-manager.io/docs/policy/approval/'
  },
  {
    project: 'Cilium',
    resources: { 'cilium.io': ['ciliumnetworkpolicies', 'ciliumlocalredirectpolicies', 'ciliumenvoyconfigs'] },
    why: 'network policies of Cilium add up with those of Kubernetes, so one of them can open the namespace to any network',
    source: 'https://docs.cilium.io/en/stable/network/kubernetes/policy/'
  },
  {
    project: 'Cluster API',
    resources: { 'cluster.x-k8s.io': ['clusters', 'machines', 'machinedeployments', 'machinepools', 'machinesets'] },
    why: 'the infrastructure provider creates and deletes machines with its own credentials',
    remedy: 'Restrict identities of the provider by allowedNamespaces',
    source: 'https://cluster-api-aws.sigs.k8s.io/topics/multitenancy'
  },
  {
    project: 'Contour',
    resources: { 'projectcontour.io': ['httpproxies', 'tlscertificatedelegations'] },
    why: 'an HTTPProxy claims any host name, includes others of its namespace or another, and a delegation shares certificates',
    remedy: 'Set --root-namespaces of Contour to namespaces of the platform',
    source: 'https://projectcontour.io/docs/main/config/inclusion-delegation/'
  },
  {
    project: 'Crossplane',
    resources: {
      'helm.m.crossplane.io': ['releases'],
      'kubernetes.m.crossplane.io': ['objects']
    },
    why: 'the provider creates any object, in any namespace, with its own permissions; claims do what their Composition says',
    remedy: 'Grant kinds of your own Compositions instead',
    source: 'https://github.com/crossplane-contrib/provider-kubernetes'
  },
  {
    project: 'External Secrets Operator',
    resources: {
      'external-secrets.io': ['clusterexternalsecrets', 'clustersecretstores', 'externalsecrets', 'pushsecrets', 'secretstores']
    },
    why: 'an ExternalSecret reads each ClusterSecretStore, and a SecretStore without credentials can use those of the operator; ' +
      'kinds with the prefix Cluster are cluster-scoped, and a Role grants nothing on them',
    remedy: 'Limit each ClusterSecretStore by spec.conditions, and give the operator no credentials of its own',
    source: 'https://external-secrets.io/latest/guides/multi-tenancy'
  },
  {
    project: 'Flux',
    resources: {
      'helm.toolkit.fluxcd.io': ['helmreleases'],
      'kustomize.toolkit.fluxcd.io': ['kustomizations']
    },
    why: 'Flux applies manifests with the permissions of its controllers, which are those of cluster-admin by default',
    remedy: 'Set --default-service-account, --no-cross-namespace-refs and --no-remote-bases of its controllers',
    source: 'https://fluxcd.io/flux/installation/configuration/multitenancy/'
  },
  {
    project: 'Gateway API',
    resources: {
      'gateway.networking.k8s.io': ['gateways', 'grpcroutes', 'httproutes', 'referencegrants', 'tcproutes', 'tlsroutes', 'udproutes']
    },
    why: 'a Gateway creates load balancers that no quota of the class counts, a route claims host names at shared Gateways, ' +
      'and a ReferenceGrant lets routes of others in',
    remedy: 'Grant routes only, and restrict listeners by allowedRoutes and hostname',
    source: 'https://gateway-api.sigs.k8s.io/concepts/security-model/'
  },
  {
    project: 'Istio',
    resources: {
      'extensions.istio.io': ['wasmplugins'],
      'networking.istio.io': [
        'destinationrules', 'envoyfilters', 'gateways', 'proxyconfigs', 'serviceentries', 'sidecars', 'virtualservices', 'workloadentries',
        'workloadgroups'
      ],
      'security.istio.io': ['authorizationpolicies', 'peerauthentications', 'requestauthentications']
    },
    why: 'Istio exports traffic rules to all namespaces by default, so one of them can redirect the traffic of others; ' +
      'policies and filters can switch off what the mesh enforces',
    remedy: "Set defaultVirtualServiceExportTo, defaultDestinationRuleExportTo and defaultServiceExportTo of the mesh to ['.']",
    source: 'https://istio.io/latest/docs/ops/best-practices/traffic-management/'
  },
  {
    project: 'K3s',
    resources: { 'helm.cattle.io': ['helmcharts', 'helmchartconfigs'] },
    why: 'the Helm controller of K3s installs charts in any namespace with the permissions of cluster-admin',
    remedy: 'Disable it by --disable-helm-controller',
    source: 'https://docs.k3s.io/add-ons/helm'
  },
  {
    project: 'KEDA',
    resources: { 'keda.sh': ['scaledjobs', 'scaledobjects', 'clustertriggerauthentications'] },
    why: 'a ScaledObject can use the credentials of each ClusterTriggerAuthentication, ' +
      'which is cluster-scoped, so that a Role grants nothing on it',
    remedy: 'Use a TriggerAuthentication in each namespace',
    source: 'https://keda.sh/docs/latest/concepts/authentication/'
  },
  {
    project: 'Kyverno',
    resources: {
      'kyverno.io': ['cleanuppolicies', 'policies', 'policyexceptions'],
      'policies.kyverno.io': [
        'namespaceddeletingpolicies', 'namespacedgeneratingpolicies', 'namespacedimagevalidatingpolicies', 'namespacedmutatingpolicies',
        'namespacedvalidatingpolicies', 'policyexceptions'
      ]
    },
    why: 'Kyverno creates, changes and deletes objects with its own permissions, in other namespaces too in some versions, ' +
      'and an exception switches off policies',
    remedy: 'Set --exceptionNamespace, and grant no policies',
    source: 'https://github.com/kyverno/kyverno/security/advisories/GHSA-79gf-7frw-68m9'
  },
  {
    project: 'Multus',
    resources: { 'k8s.cni.cncf.io': ['network-attachment-definitions', 'multi-networkpolicies'] },
    why: 'pods join networks of the node, to which NetworkPolicies do not apply',
    remedy: 'Set namespaceIsolation, and create the definitions yourself',
    source: 'https://github.com/k8snetworkplumbingwg/multus-cni/blob/master/docs/configuration.md'
  },
  {
    project: 'OpenShift',
    resources: { 'route.openshift.io': ['routes', 'routes/custom-host'] },
    why: 'a Route claims host names, also those of other namespaces if the ingress controller allows it',
    remedy: 'Leave routeAdmission.namespaceOwnership of the ingress controllers at Strict, and do not grant routes/custom-host',
    source: 'https://docs.okd.io/latest/networking/ingress-operator.html'
  },
  {
    project: 'Operator Lifecycle Manager',
    resources: {
      'operators.coreos.com': ['catalogsources', 'clusterserviceversions', 'installplans', 'operatorgroups', 'subscriptions']
    },
    why: 'it installs operators with all permissions that they ask for, in the cluster too',
    remedy: 'Name a ServiceAccount in the OperatorGroup of the namespace, and do not grant operatorgroups',
    source: 'https://docs.okd.io/latest/operators/admin/olm-creating-policy.html'
  },
  {
    project: 'Prometheus Operator',
    resources: { 'monitoring.coreos.com': ['podmonitors', 'probes', 'scrapeconfigs', 'servicemonitors'] },
    why: 'Prometheus scrapes targets in other namespaces, and may send its own token to them',
    remedy: 'Set ignoreNamespaceSelectors and arbitraryFSAccessThroughSMs.deny of Prometheus, and do not grant probes and scrapeconfigs',
    source: 'https://prometheus-operator.dev/docs/api-reference/api/'
  },
  {
    project: 'Traefik',
    resources: {
      'traefik.io': [
        'ingressroutes', 'ingressroutetcps', 'ingressrouteudps', 'middlewares', 'middlewaretcps', 'serverstransports',
        'serverstransporttcps', 'tlsoptions', 'tlsstores', 'traefikservices'
      ]
    },
    why: 'an IngressRoute claims any host name, a TLSOption or TLSStore named default applies to all, ' +
      'and with allowCrossNamespace they refer to Services and middlewares of others',
    remedy: 'Leave providers.kubernetesCRD.allowCrossNamespace at false, and do not grant tlsoptions and tlsstores',
    source: 'https://doc.traefik.io/traefik/reference/install-configuration/providers/kubernetes/kubernetes-crd/'
  },
  {
    project: 'Velero',
    resources: { 'velero.io': ['backups', 'restores', 'schedules', 'deletebackuprequests', 'downloadrequests'] },
    why: 'Velero backs up and restores any namespace with the permissions of cluster-admin; it reads its kinds in its own namespace only',
    remedy: 'Do not grant them: they have no effect in the namespace of a Tenant',
    source: 'https://velero.io/docs/main/rbac/'
  },
  {
    project: 'Volume snapshots',
    resources: { 'snapshot.storage.k8s.io': ['volumesnapshots', 'volumesnapshotcontents'] },
    why: 'the quota of storage does not count snapshots; volumesnapshotcontents are cluster-scoped, and a Role grants nothing on them',
    remedy: 'Add count/volumesnapshots.snapshot.storage.k8s.io to a quota',
    source: 'https://kubernetes.io/docs/concepts/storage/volume-snapshots/'
  }
]
