import type { Reason } from '../../src/api/condition.ts'

/**
 * The entry of a reason in docs/reference/reasons.md, in Markdown (`npm run docs`). Each message of a condition ends
 * with the address of that entry. Commands are for the Tenant acme with the namespace tenant-acme-shop.
 */
interface Explanation {
  meaning: string
  cause: string
  /** Instructions, each with its commands. */
  action: ReadonlyArray<readonly [instruction: string, ...commands: string[]]>
}

const warnings = 'kubectl events --all-namespaces --types=Warning'
const uid = "kubectl get tenants.k8s-mtp.dev acme -o jsonpath='{.metadata.uid}'"

/** RBAC lets nobody grant permissions they do not have: new rules in a class need new permissions of Metacontroller. */
const grantPermissions = [
  'Grant Metacontroller the permissions of the class: add the class to `classes` of the chart, then run `helm upgrade`. ' +
  'Without the chart, run this with a folder that has every class of the cluster:',
  'k8s-mtp rbac --classes classes/ | kubectl apply --server-side -f -'
] as const
const roleIsRefused = [
  '`attempting to grant RBAC permissions not currently held`: the class grants permissions that Metacontroller ' +
  'lacks. Do not delete the Role: see [PermissionsNotGranted](#permissionsnotgranted).'
] as const

/** By reason. */
export const explanations = {
  UpToDate: {
    meaning: 'The observed state equals the desired state.',
    cause: 'Reconciliation is complete.',
    action: [['None.']]
  },
  NamespacePending: {
    meaning: 'The namespace and its objects are being created. When no other object follows for 5 seconds, the status names what is missing.',
    cause: 'The Tenant is new, the namespace is being adopted, or the API server refuses the namespace.',
    action: [
      ['Wait a minute. After that the Tenant is `Stalled`: read what the API server refuses.', warnings],
      [
        'Without such events, check that Metacontroller runs and has its permissions.',
        'kubectl -n k8s-mtp-system get pods',
        'kubectl get clusterrole k8s-mtp-engine'
      ]
    ]
  },
  ObjectsPending: {
    meaning: 'Objects in the namespace are not observed yet. `status.namespaces[].missing` lists them.',
    cause: 'They follow the namespace, or a change of the Tenant or its class.',
    action: [['Wait a minute. After that the reason is [ObjectsMissing](#objectsmissing).']]
  },
  ObjectsMissing: {
    meaning: 'Objects have been missing for over a minute.',
    cause: 'The API server refuses them, or unmanaged objects have their names. Those are never changed: with dynamic-apply ' +
      'Metacontroller treats them as created, and with server-side apply a guardrail refuses to replace them.',
    action: [
      ['Read what the API server refuses.', warnings],
      roleIsRefused,
      ['`exceeded quota`: a quota of the class counts objects of the Tenant and is too low. Raise it in the class.'],
      [
        'Without such events, or with `may not replace`, list the unmanaged objects and their owners. This changes nothing.',
        'k8s-mtp adopt acme tenant-acme-shop'
      ],
      [
        'Give them to the Tenant with `--yes`, as break-glass: their content is replaced. Or rename them where they come from. ' +
        'Or delete them, as break-glass: the objects of the Tenant take their place.',
        'kubectl -n tenant-acme-shop delete role tenant-operator --ignore-not-found'
      ]
    ]
  },
  DriftDetected: {
    meaning: 'Others changed objects, which are being corrected. `status.namespaces[].drifted` lists them.',
    cause: 'Another user or tool changed an object. ' +
      'If it lasts over a minute, the API server refuses the correction, or another writer repeats the change.',
    action: [
      ['Wait. If it lasts, read what the API server refuses.', warnings],
      roleIsRefused,
      [
        'Without such events, find the other writer in the managed fields or in the audit log. ' +
        'Remove the field there, or set its value in the class.',
        'kubectl -n tenant-acme-shop get resourcequota tenant-quota -o yaml --show-managed-fields'
      ],
      [
        'Under dynamic-apply, Metacontroller fails on a last-applied annotation that it cannot read. ' +
        'Such an object is recreated, except a namespace, `default-deny` and `tenant-workloads`: they are never ' +
        'deleted. Remove their annotation, as break-glass.',
        'kubectl annotate namespace tenant-acme-shop metacontroller.k8s.io/last-applied-configuration-',
        'kubectl -n tenant-acme-shop annotate networkpolicy default-deny ' +
        'metacontroller.k8s.io/last-applied-configuration-',
        'kubectl -n tenant-acme-shop annotate workloadpolicy tenant-workloads ' +
        'metacontroller.k8s.io/last-applied-configuration-'
      ],
      [
        'Otherwise delete the object, as break-glass. It is recreated.',
        'kubectl -n tenant-acme-shop delete resourcequota tenant-quota'
      ]
    ]
  },
  RollingOut: {
    meaning: 'A change of the Tenant, its class or k8s-mtp is being applied. `status.namespaces[].rollingOut` lists ' +
      'the objects that it has not reached.',
    cause: 'The Tenant or its class was changed, or k8s-mtp was upgraded. If it lasts over a minute, the API server ' +
      'refuses the change. What others change meanwhile is corrected, and reported as [DriftDetected](#driftdetected).',
    action: [
      ['Wait. If it lasts, read what the API server refuses.', warnings],
      roleIsRefused,
      [
        'Otherwise correct the class or the Tenant, or delete the object, as break-glass. It is recreated. ' +
        'Never delete a namespace, `default-deny` or `tenant-workloads`.',
        'kubectl -n tenant-acme-shop delete resourcequota tenant-quota'
      ]
    ]
  },
  PermissionsNotGranted: {
    meaning: 'Metacontroller cannot grant some permissions of the class. Members keep all others, and drift of the Role is corrected.',
    cause: 'RBAC lets no user grant permissions that this user does not have, and Metacontroller lacks those in the ' +
      'message. The API server refuses the Role as a whole. So after 10 seconds Metacontroller applies what it can ' +
      'grant. It tries the rest again every 20 seconds: each resource by itself, and all at once.',
    action: [
      [...grantPermissions],
      [
        'Or remove the rules from the class; `k8s-mtp apply` refuses such a class. If Metacontroller has the permissions, another admission webhook or policy ' +
        'refuses the Role.',
        warnings
      ]
    ]
  },
  NamespaceTerminating: {
    meaning: 'The namespace is being deleted. It is recreated afterwards, without its former data.',
    cause: 'The namespace was deleted, as break-glass.',
    action: [[
      'Wait. If it lasts, see which objects, finalizers or API groups the deletion waits for.',
      'kubectl describe namespace tenant-acme-shop'
    ]]
  },
  TenantTerminating: {
    meaning: 'The Tenant is being deleted, and its objects with it. Until then they stay unchanged.',
    cause: 'The Tenant was deleted.',
    action: [[
      'Wait. If it lasts, see what the namespace waits for, and the finalizers of the Tenant. k8s-mtp sets none.',
      'kubectl describe namespace tenant-acme-shop',
      "kubectl get tenants.k8s-mtp.dev acme -o jsonpath='{.metadata.finalizers}'"
    ]]
  },
  Paused: {
    meaning: 'Reconciliation is paused: drift is not corrected. Removed and expired subjects still lose access.',
    cause: '`spec.paused` is true.',
    action: [[
      'Resume. Drift is corrected then.',
      'kubectl patch tenants.k8s-mtp.dev acme --type=merge --patch=\'{"spec":{"paused":false}}\''
    ]]
  },
  NamespaceConflict: {
    meaning: 'The namespace of this Tenant exists and has another owner, or none. It stays unchanged.',
    cause: 'It is older than the Tenant, was restored or released, or lost its label `controller-uid`. ' +
      'Or two Tenants produce one name: `a-b` with `c`, and `a` with `b-c`.',
    action: [
      [
        'Adopt it, as break-glass, with everything in it. The first command is a preview. See [adoption](../adoption.md).',
        'k8s-mtp adopt acme tenant-acme-shop',
        'k8s-mtp adopt acme tenant-acme-shop --yes \\\n' +
        '  --as="$USER" --as-group=k8s-mtp:break-glass --as-group=system:masters'
      ],
      ['If it belongs to another Tenant, move it, as break-glass.', 'k8s-mtp move shop --to acme'],
      ['Or create the Tenant under another name. Delete the namespace only if nothing in it is needed.'],
      [
        'To adopt a namespace that this Tenant had before without the CLI, as break-glass, label its objects first. ' +
        'Objects without the label are not managed, and keep their names in use.',
        `uid=$(${uid})`,
        'kubectl -n tenant-acme-shop label \\\n' +
        '  role,rolebinding,resourcequota,limitrange,workloadpolicy,networkpolicy \\\n' +
        '  -l k8s-mtp.dev/tenant=acme controller-uid=$uid --overwrite &&\n' +
        'kubectl patch namespace tenant-acme-shop --type=merge --patch=\'{"metadata":{\n' +
        '  "labels":{"controller-uid":"\'$uid\'"},"ownerReferences":[{\n' +
        '    "apiVersion":"k8s-mtp.dev/v1","kind":"Tenant","name":"acme","uid":"\'$uid\'",\n' +
        '    "controller":true,"blockOwnerDeletion":true}]}}\''
      ]
    ]
  },
  ClassNotFound: {
    meaning: 'The TenantClass does not exist. The Tenant is on hold.',
    cause: '`spec.className` is mistyped, or the class was deleted or is not applied yet.',
    action: [[
      'Create the class, or correct `spec.className`.',
      'kubectl get tenantclasses',
      'kubectl apply --server-side -f classes/'
    ]]
  },
  ClassInvalid: {
    meaning: 'The TenantClass has an invalid value. All its Tenants are on hold.',
    cause: 'The message has the field. The CRD refuses most invalid values, but not all.',
    action: [[
      'Correct the class. Find such errors before you apply it:',
      'k8s-mtp render -f tenants/ --classes classes/'
    ]]
  },
  SpecInvalid: {
    meaning: 'The Tenant has an invalid value. It is on hold.',
    cause: 'The message has the field. The CRD refuses most invalid values, unless it is older than the hook. It cannot know the roles of ' +
      'the class: one that `spec.roles` names may be missing from `spec.additionalRoles` of the class.',
    action: [[
      'Correct the Tenant, or add the role to the class. Find such errors before you apply it:',
      'k8s-mtp render -f tenants/ --classes classes/'
    ]]
  },
  OverrideNotAllowed: {
    meaning: 'A quota of the Tenant is outside the bounds of its class. The Tenant is on hold.',
    cause: '`spec.overrides.quotas` of the class does not list the resource, or the amount is out of bounds.',
    action: [[
      'Change `spec.quotas` of the Tenant, or the bounds of the class.',
      "kubectl get tenantclass default -o jsonpath='{.spec.overrides}'"
    ]]
  },
  EngineMisconfigured: {
    meaning: 'Metacontroller does not send all that the hook needs. The Tenant is on hold.',
    cause: 'The CompositeController was edited, or belongs to another version of k8s-mtp.',
    action: [[
      'Run `helm upgrade` with the chart of this version. Without the chart, apply the CompositeController.',
      'kubectl apply --server-side -f metacontroller/composite-controller.yaml'
    ]]
  },
  UnmanagedObjects: {
    meaning: 'The Tenant owns objects that it did not produce, through the label `controller-uid`. They are kept, ' +
      'and may be deleted with the Tenant: those in its namespace always are.',
    cause: 'The label was set by hand, or copied with an object.',
    action: [[
      'Release each object, as break-glass: remove the label.',
      'kubectl -n NAMESPACE label KIND NAME controller-uid-'
    ]]
  },
  QuotaExceeded: {
    meaning: 'More is used than a quota allows. Existing objects stay. New ones of these resources are refused until the ' +
      'use is below the quota, also replacements of pods.',
    cause: 'The quota was lowered below its use: in the Tenant, in its class, or by a change of the class. Or the namespace ' +
      'was adopted with more than the class allows.',
    action: [
      ['See what is used.', 'kubectl -n tenant-acme-shop describe quota'],
      ['Scale down, or delete unused objects. Otherwise raise the quota in `spec.quotas` of the Tenant or in its class.']
    ]
  },
  Cordoned: {
    meaning: 'New pods are refused. Running pods continue.',
    cause: '`spec.cordoned` is true.',
    action: [[
      'Admit pods again:',
      'kubectl patch tenants.k8s-mtp.dev acme --type=merge --patch=\'{"spec":{"cordoned":false}}\''
    ]]
  },
  NamespacesNotReady: {
    meaning: 'The home namespace is up to date, and at least one namespace of `spec.namespaces` is not.',
    cause: 'Each namespace is reconciled by itself. The reason and message of each are in `status.namespaces`.',
    action: [[
      'See all namespaces of the Tenant, and what each waits for.',
      'kubectl get tenantnamespaces -l k8s-mtp.dev/tenant=acme -o wide'
    ]]
  },
  NamespaceUnlisted: {
    meaning: 'A namespace that `spec.namespaces` no longer lists. It is kept with its data and isolation, and drift is still corrected. ' +
      'Members keep their access while the Tenant lists them in the same role.',
    cause: 'The entry was removed or renamed.',
    action: [
      ['Add the entry again.'],
      ['Otherwise delete the namespace with its data, as break-glass.', 'kubectl delete tenantnamespaces.k8s-mtp.dev acme.staging']
    ]
  },
  TenantMissing: {
    meaning: 'The Tenant of this TenantNamespace was deleted, and its namespaces were kept.',
    cause: 'The Tenant was deleted with `--cascade=orphan`, which `deletionPolicy: Retain` requires.',
    action: [[
      'Create the Tenant again, with the entry. Then give it the TenantNamespace, as break-glass; nothing in the namespace changes.',
      'k8s-mtp adopt acme tenant-acme-staging --yes'
    ]]
  },
  NamespaceMissing: {
    meaning: 'An entry of spec.namespaces names an existing namespace that does not exist. It is not created.',
    cause: 'It was never created, or it was deleted.',
    action: [
      [
        'Create the namespace, and adopt it as break-glass. See [existing namespaces](../adoption.md#existing-namespaces).',
        'kubectl create namespace shop',
        'k8s-mtp adopt acme shop --yes \\\n  --as="$USER" --as-group=k8s-mtp:break-glass --as-group=system:masters'
      ],
      ['Or remove its entry from spec.namespaces, or give it a `name` instead of `existing`.']
    ]
  },
  NamespaceKept: {
    meaning: 'An existing namespace has an owner that keeps it when the Tenant is deleted, and its entry says `deletionPolicy: Delete`.',
    cause: 'The entry was changed after the namespace was adopted. Only `k8s-mtp adopt` changes the owners of a namespace.',
    action: [
      [
        'Adopt it again, as break-glass. From then on, deleting the Tenant deletes the namespace with its data.',
        'k8s-mtp adopt acme shop --yes \\\n  --as="$USER" --as-group=k8s-mtp:break-glass --as-group=system:masters'
      ],
      ['Or set `deletionPolicy: Retain`, or leave it out.']
    ]
  },
  NamespaceNotKept: {
    meaning: 'An existing namespace has no owner that keeps it when the Tenant is deleted, and its entry says `deletionPolicy: Retain`.',
    cause: 'It was adopted with `deletionPolicy: Delete`, or lost that owner. Until it is adopted again, only guardrails keep it.',
    action: [
      [
        'Adopt it again, as break-glass.',
        'k8s-mtp adopt acme shop --yes \\\n  --as="$USER" --as-group=k8s-mtp:break-glass --as-group=system:masters'
      ],
      ['Or set `deletionPolicy: Delete`.']
    ]
  }
} as const satisfies Record<Reason, Explanation>
