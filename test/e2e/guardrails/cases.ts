import type { GuardrailCase } from './case.ts'
import { deletionCases } from './deletion.ts'
import { engineOwnerCases } from './engine-owners.ts'
import { engineCases } from './engine.ts'
import { exemptCases } from './exempt.ts'
import { furtherNamespaceCases } from './further-namespaces.ts'
import { managedObjectCases } from './managed-objects.ts'
import { engineNamespaceCases, namespaceCases } from './namespaces.ts'
import { networkPolicyCases } from './network-policies.ts'
import { reachingClassCases } from './reaching-classes.ts'
import { reservedMetadataCases } from './reserved-metadata.ts'
import { serviceAccountTokenCases } from './service-account-tokens.ts'
import { unmanagedObjectCases } from './unmanaged-objects.ts'

export const guardrailCases: GuardrailCase[] = [
  ...managedObjectCases,
  ...unmanagedObjectCases,
  ...networkPolicyCases,
  ...namespaceCases,
  ...reservedMetadataCases,
  ...engineCases,
  ...engineNamespaceCases,
  ...engineOwnerCases,
  ...furtherNamespaceCases,
  ...exemptCases,
  ...deletionCases,
  ...reachingClassCases,
  ...serviceAccountTokenCases
]
