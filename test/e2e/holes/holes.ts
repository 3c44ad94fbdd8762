import { confusedDeputyHoles } from './confused-deputy.ts'
import { hijackHoles } from './hijack.ts'
import type { Hole } from './hole.ts'
import { nothingInTheWayHoles } from './nothing-in-the-way.ts'
import { rightsHoles } from './rights.ts'
import { sheddingHoles } from './shedding.ts'
import { trafficHoles } from './traffic.ts'

export const holes: Hole[] = [...hijackHoles, ...sheddingHoles, ...confusedDeputyHoles, ...rightsHoles, ...trafficHoles, ...nothingInTheWayHoles]
