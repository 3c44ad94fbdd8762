import type { KubeClient } from '../../cluster/client.ts'
import type { Who, World } from './world.ts'

type Attempt = (who: KubeClient, world: World) => Promise<unknown>

/** Something that a rule of a guardrail refuses, and next to it something that is allowed. */
export interface GuardrailCase {
  /** `guardrail/rule`, without the k8s-mtp- of the name. */
  rule: string
  /** Completes "refuses ...". */
  refuses: string
  who: Who
  attempt: Attempt
  message: RegExp
  /** Completes "and allows ...": as near to what is refused as possible. */
  allows: string
  /** By default the same. */
  allowedWho?: Who
  twin: Attempt
}
