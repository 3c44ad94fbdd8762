import { lastAppliedAnnotation } from '../../api/group.ts'
import { dnsLabel } from '../../api/validation/label-syntax.ts'
import { roleObjectName } from '../../tenancy/desired/role.ts'
import { quoted, sameAnnotations, sameContent, uidLabel } from '../cel.ts'

/** For docs and messages. */
export const anyRole = roleObjectName('*')

/**
 * CEL, true for the name of the Role of any class, or of a RoleBinding to one. Others may not create objects of such names, and RBAC
 * decides on the permissions.
 */
export const isRoleName = (name: string) => `${name}.matches('^${roleObjectName(dnsLabel.source.replace(/^\^/, ''))}')`

/** The remedy for most writes of the engine: they repeat the response of the hook, or of an impostor. */
export const checkHook = 'Check the response of the hook'

/**
 * The engine may record what it applied to an object with the label of a Tenant, and under server-side apply it removes this annotation
 * before it corrects the rest of an object, whatever that is.
 */
export const sameOtherAnnotations = sameAnnotations(`key != ${quoted(lastAppliedAnnotation)} || !(${uidLabel} in variables.labelsBefore)`)

/**
 * The engine may adopt or release an object anywhere: set or remove its ownerReference. Others set or remove the label that says so: with
 * it, the engine could replace or delete the object in the next request.
 */
export const onlyChangesOwnership =
  `request.operation == 'UPDATE' && ${sameContent} && variables.labelsBefore == variables.labelsNow && ${sameOtherAnnotations}`
