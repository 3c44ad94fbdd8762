import { readFileSync, writeFileSync } from 'node:fs'
import { shippedFiles } from './alerts.ts'
import { dashboardText } from './dashboard/dashboard.ts'
import { observabilityPage, withTables } from './tables.ts'

writeFileSync(new URL('dashboard.json', shippedFiles), dashboardText)
writeFileSync(observabilityPage, withTables(readFileSync(observabilityPage, 'utf8')))
