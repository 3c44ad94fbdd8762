import { bypassAdvisories } from './bypasses.ts'
import { confusedDeputyAdvisories } from './confused-deputy.ts'
import { hijackAdvisories } from './hijack.ts'
import type { Advisory } from './advisory.ts'
import { availabilityAdvisories } from './availability.ts'
import { permissionAdvisories } from './permissions.ts'
import { isolationAdvisories } from './isolation.ts'
import { trafficAdvisories } from './traffic.ts'

export const advisories: Advisory[] = [
  ...hijackAdvisories, ...isolationAdvisories, ...confusedDeputyAdvisories, ...permissionAdvisories, ...trafficAdvisories,
  ...availabilityAdvisories, ...bypassAdvisories
]
