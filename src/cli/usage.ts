import { usageReport, type UsageReport } from '../view/usage-report.ts'
import { resources } from '../kubernetes/resources.ts'
import { isUtf8 } from './output/locale.ts'
import { print, printLines, type Part } from './output/print.ts'
import { warnOfNotReadable } from './view/not-readable-text.ts'
import { listInScope, openScope, tenantsOfNamespaces, type ViewOptions } from './view/scope.ts'
import { usageBars, usageTable, type UsageLayout } from './view/usage-text.ts'

export interface UsageOptions extends ViewOptions {
  /** Lists also unused resources. */
  all?: boolean
}

/** Shows what is used of the quotas of Tenants, the highest use first. */
export async function usage (tenants: readonly string[], options: UsageOptions): Promise<void> {
  const scope = await openScope(tenants, options)
  const quotas = await listInScope(scope, resources.quotas)
  const byNamespace = await tenantsOfNamespaces(scope, quotas)
  const report = usageReport(quotas, namespace => byNamespace.get(namespace), scope.notReadable)
  warnOfNotReadable(scope)
  if (options.output === 'json') print(JSON.stringify(report, null, 2))
  else printLines(shownAs(report, tenants.length, { isUnicode: isUtf8(), all: options.all === true }))
}

/** All Tenants fit on a screen by their highest use only. */
function shownAs (report: UsageReport, named: number, layout: UsageLayout): Part[][] {
  return named === 0 && !layout.all && report.tenants.length > 1 ? usageTable(report, layout) : usageBars(report, layout)
}
