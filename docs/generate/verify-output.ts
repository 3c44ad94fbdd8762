/** Output of k8s-mtp verify for a weakened Tenant, without most of what passed. */
export const weakenedOutput = `$ k8s-mtp verify acme
tenant-acme-shop: Tenant acme, class default, 3 subjects

Permissions
  ✓ access-inside                  L1  User ada@acme.example, ServiceAccount ci/deployer, Group auditors have access
  ✓ access-other-tenants           L1  3 subjects have none of 18 permissions, such as get secrets in tenant-globex-shop
  ✓ access-nodes                   L1  3 subjects have none of 8 permissions, such as get nodes

Escalation
  ✗ permissions-beyond-role        L1  Group auditors may create pods/exec in tenant-acme-shop
      Find the RoleBinding: kubectl get rolebindings -n tenant-acme-shop -o wide. Delete it, or give the subject another role in the Tenant.
  ✓ own-quotas                     L1  27 of 27 attempts refused, such as: User "ada@acme.example" cannot patch resource "resourcequotas" in API gr...

Pod security
  ✓ pod-privileged                 L1  privileged: true is refused: violates PodSecurity "restricted:latest": privileged (container "app" must not ...
  ✓ pod-run-as-non-root            L2  runAsNonRoot: false is refused: violates PodSecurity "restricted:latest": runAsNonRoot != true (pod and cont...

Quotas and limits
  ✓ compute-quota                  L1  requests.cpu 500m, requests.memory 1Gi, pods 20
  ✓ quota-enforced                 L1  cpu above the quota of 500m is refused: exceeded quota: tenant-quota, requested: cpu=1500m, used: cpu=25m, l...

Services, host names, nodes and volumes
  ✓ service-node-port              L1  a Service of type NodePort is refused: TenantClass default does not allow Service type NodePort: spec.worklo...
  ✓ pod-node-name                  L1  spec.nodeName is refused: TenantClass default does not allow spec.nodeName: spec.workloads.pods.allowNodeNam...
  – image-registries               L2  TenantClass default allows images of any registry

Network
  ✓ network-isolation              L1  4 NetworkPolicies isolate every pod in both directions
  ✗ network-other-tenants          L1  open from tenant-globex-shop on TCP 8080 by NetworkPolicy debug
      Delete the NetworkPolicy that the message names: kubectl delete networkpolicy -n tenant-acme-shop, with its name. To allow the traffic, set s...
  ✓ network-metadata               L1  nothing beyond the intended traffic is open between its pods and 169.254.169.254, fd00:ec2::254, 168.63.129....
  ! network-plugin                 L1  it is unknown whether NetworkPolicies are enforced: no known network plugin runs as a DaemonSet
      Find out which network plugin the nodes have, and try two pods in different Tenants: ...

Guardrails, drift and tokens
  ✓ guardrail-policies             L1  35 policies of this version
  ✓ drift                          L1  18 objects are as desired
  ✗ admitted-earlier               L2  NetworkPolicy/debug: TenantClass default does not allow admin to write networkpolicies tenant-acme-shop/debu...
      Change or delete the objects, or allow them in the TenantClass. All of them: k8s-mtp recheck acme.

89 checks: 77 passed, 3 failed, 1 warning, 8 skipped
The checks by id: https://github.com/k8s-mtp/k8s-mtp/blob/main/docs/verify.md`
