import type { KubeClient } from '../../cluster/client.ts'
import type { Who, World } from './world.ts'

type Attempt = (who: KubeClient, world: World) => Promise<unknown>

/** A request that a rule of a guardrail refuses, and a similar one that is allowed. */
export interface GuardrailCase {
  /** `guardrail/rule`, without the k8s-mtp- of the name. */
  rule: string
  /** Completes "refuses ...". */
  refuses: string
  who: Who
  attempt: Attempt
  message: RegExp
  /** Completes "and allows ...". */
  allows: string
  /** The user of the control; the same by default. */
  allowedWho?: Who
  control: Attempt
}
