import { onOneLine } from '../output/print.ts'

/** Input that cannot be used; the message says where and why, with one line per finding. */
export class InputError extends Error {}

/** @throws InputError with one line per finding, unless there is none */
export function throwFindings (findings: readonly string[]): void {
  if (findings.length > 0) throw new InputError([...new Set(findings)].map(onOneLine).join('\n'))
}
