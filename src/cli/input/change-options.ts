import type { ConnectionOptions } from '../cluster/connection.ts'

/** The options of a command that changes a cluster only with --yes. */
export interface ChangeOptions extends ConnectionOptions {
  yes?: boolean
  /** How long to wait for Metacontroller. */
  timeout: string
}
