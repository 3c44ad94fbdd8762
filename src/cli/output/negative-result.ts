import { exitCodes, type ExitCode } from './exit-codes.ts'

/**
 * Ends a command that ran with a negative result; the message says which, with one line per finding. An empty one is not
 * printed: the output says it all.
 */
export class NegativeResult extends Error {
  readonly exitCode: ExitCode

  constructor (message: string, exitCode: ExitCode = exitCodes.negative) {
    super(message)
    this.exitCode = exitCode
  }
}
