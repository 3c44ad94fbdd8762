import { alertsPage } from './alerts.ts'
import { apiPage } from './api.ts'
import { cliPage } from './cli.ts'
import { guardrailsPage } from './guardrails.ts'
import { lintPage } from './lint.ts'
import { metricsPage } from './metrics.ts'
import { reachingKindsPage } from './reaching-kinds.ts'
import { reasonsPage } from './reasons.ts'
import { verifyDocsPage } from './verify.ts'
import { jsonSchemas } from './schemas.ts'

/** The generated files, by their path in docs. */
export const pages: Readonly<Record<string, () => string>> = {
  'reference/api.md': apiPage,
  'reference/cli.md': cliPage,
  'reference/guardrails.md': guardrailsPage,
  'reference/lint.md': lintPage,
  'reference/metrics.md': metricsPage,
  'reference/reaching-kinds.md': reachingKindsPage,
  'reference/reasons.md': reasonsPage,
  'runbooks/README.md': alertsPage,
  'verify.md': verifyDocsPage,
  ...Object.fromEntries(jsonSchemas().map(({ name, text }) => [`reference/schemas/${name}`, () => text]))
}
