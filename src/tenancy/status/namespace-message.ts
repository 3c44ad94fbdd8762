import { maxMessageLength, type NamespaceStatus } from '../../api/tenant-status.ts'

/** Why a namespace is in its state, with the message while it is not ready. The API server refuses the whole status for a longer one. */
export function reasonAndMessage (
  { reason, message }: { reason: string, message: string }, isReady: boolean
): Pick<NamespaceStatus, 'reason' | 'message'> {
  if (isReady) return { reason }
  return { reason, message: message.length <= maxMessageLength ? message : `${message.slice(0, maxMessageLength - 1)}…` }
}
