import { writeFileSync } from 'node:fs'
import { shippedFiles } from './alerts.ts'
import { dashboardText } from './dashboard/dashboard.ts'

writeFileSync(new URL('dashboard.json', shippedFiles), dashboardText)
