import { fileURLToPath } from 'node:url'

/** The folder of the TenantClasses that every installation starts with. */
export const shippedClasses = fileURLToPath(new URL('../../../examples/classes/', import.meta.url))
