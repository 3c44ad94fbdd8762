import { Type, type Static } from '@sinclair/typebox'
import { OneOf } from '../../api/one-of.ts'

const Count = (description: string) => Type.Integer({ minimum: 0, description })

/** The output of `k8s-mtp lint -o json`. */
export const LintReport = Type.Object({
  version: Type.String({ description: 'Version of k8s-mtp.' }),
  tenants: Count('Valid Tenants in the input.'),
  classes: Count('Valid TenantClasses in the input.'),
  errors: Count('Findings of severity error.'),
  warnings: Count('Findings of severity warning.'),
  disabled: Count('Findings that comments disable, and that are not listed.'),
  findings: Type.Array(Type.Object({
    rule: Type.String({ description: 'Stable name of the rule.' }),
    severity: OneOf(['error', 'warning'], { description: 'An error is refused by render or by the API server; a warning is valid.' }),
    file: Type.String({ description: 'The file as named on the command line, or below a folder named there; <stdin> for -.' }),
    line: Type.Integer({ minimum: 1, description: 'Line in the file, from 1.' }),
    column: Type.Integer({ minimum: 1, description: 'Column in the line, from 1, in UTF-16 code units.' }),
    path: Type.String({ description: 'The field, such as spec.admins[0].name; empty for a whole document.' }),
    message: Type.String({ description: 'What is wrong, and what to do.' }),
    help: Type.String({ description: 'Address of the page about the rule.' })
  }, { description: 'What a rule reports, at a value of a file.' }), { description: 'In the order of files and lines.' })
}, { description: 'The result of k8s-mtp lint.' })
export type LintReport = Static<typeof LintReport>
