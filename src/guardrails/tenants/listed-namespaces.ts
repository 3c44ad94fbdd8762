import { group } from '../../api/group.ts'
import { listOf, quoted, withoutCel } from '../cel.ts'
import type { Guardrail, Parties } from '../guardrail.ts'

const isOwnName = `object.spec.namespaces.exists(entry, has(entry.existing)
  && entry.existing.startsWith('tenant-' + object.metadata.name + '-'))`

/** The names of system namespaces are in the schema of the Tenant; those of the platform differ by installation. */
export function listedNamespaces ({ engine, platformNamespaces }: Parties): Guardrail {
  return {
    name: 'k8s-mtp-listed-namespaces',
    purpose: 'No Tenant lists a namespace of the platform itself, or one of its own twice.',
    resources: [{ group, resources: ['tenants'], operations: ['CREATE', 'UPDATE'] }],
    conditions: {
      'lists-namespaces': { expression: 'has(object.spec.namespaces)', appliesTo: 'Tenants with spec.namespaces' }
    },
    variables: {
      platform: `${listOf(platformNamespaces)} + [${quoted(engine)}.split(':')[2]]`,
      listed: 'object.spec.namespaces.filter(entry, has(entry.existing) && entry.existing in variables.platform)'
    },
    rules: {
      platform: {
        refuses: 'an existing namespace of the platform in spec.namespaces: that of Metacontroller, of the hook, or one that the ' +
          'installation names',
        expression: 'variables.listed.size() == 0',
        message: "namespace {(variables.listed.size() == 0 ? '' : variables.listed[0].existing)} belongs to the platform and cannot be a " +
          "Tenant's. Remove its entry from spec.namespaces"
      },
      own: {
        refuses: 'an existing namespace that the Tenant has, or would have, by a name of its own',
        expression: `!${isOwnName}`,
        message: 'namespaces named tenant-{object.metadata.name}-<name> are listed by name, not as existing. ' +
          `Write the entry ${withoutCel('{name: <name>}')}`
      }
    }
  }
}
