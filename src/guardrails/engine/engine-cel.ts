import { lastAppliedAnnotation } from '../../api/group.ts'
import { roleNames } from '../../api/tenant.ts'
import { roleObjectName } from '../../tenancy/desired/role.ts'
import { quoted, sameAnnotations, sameLabels, uidLabel } from '../cel.ts'

export const roles = roleNames.map(roleObjectName)

/** The remedy for most writes of the engine: they repeat the response of the hook, or of an impostor. */
export const checkHook = 'Check the response of the hook'

/** The engine may adopt or release an object anywhere: set or remove its ownerReference, its label and its annotation. */
export const sameOtherMetadata = `${sameLabels(`key != ${uidLabel}`)} && ${sameAnnotations(`key != ${quoted(lastAppliedAnnotation)}`)}`
