import { setTimeout as sleep } from 'node:timers/promises'
import type { LeaseLock } from './lease-lock.ts'
import { log } from './log.ts'
import { errorMessage } from '../../src/error-message.ts'

/**
 * Seconds, as controller-runtime sets them for Metacontroller: others take over after `lease` without renewal, and a leader ends that could
 * not renew for `renewDeadline`. Metacontroller does not release its Lease when it ends. Source: controller-runtime 0.24.1,
 * pkg/manager/manager.go, setOptionsDefaults
 */
export const electionSeconds = { lease: 15, renewDeadline: 10, retry: 2 }

/** Those who wait try at different moments. Source: JitterFactor in client-go, tools/leaderelection */
const jitter = 1.2

/** Resolves once this process leads. `lost` resolves when it may no longer act as the leader. */
export async function becomeLeader (lock: LeaseLock, seconds = electionSeconds): Promise<{ lost: Promise<void> }> {
  log('info', 'Attempting to acquire leader lease')
  while (!await attempt(lock, timeoutOf(seconds))) await sleep(seconds.retry * 1000 * (1 + jitter * Math.random()))
  log('info', 'Successfully acquired lease')
  return { lost: renewUntilLost(lock, seconds) }
}

async function renewUntilLost (lock: LeaseLock, seconds: typeof electionSeconds): Promise<void> {
  const pause = seconds.retry * 1000
  for (;;) {
    await sleep(pause)
    const deadline = performance.now() + seconds.renewDeadline * 1000
    const left = (): number => deadline - performance.now()
    while (!await attempt(lock, Math.min(timeoutOf(seconds), left()))) {
      await sleep(Math.min(pause, left()))
      if (left() <= 0) return
    }
  }
}

/** Milliseconds of one request. Source: NewResourceLock in controller-runtime, pkg/leaderelection */
function timeoutOf ({ renewDeadline }: typeof electionSeconds): number {
  return renewDeadline * 500
}

/** A refusal counts as a failure, since permissions may come later; so does a request without a response in time, in milliseconds. */
async function attempt (lock: LeaseLock, timeout: number): Promise<boolean> {
  const ended = new AbortController()
  try {
    return await Promise.race([
      lock.tryHold(),
      sleep(timeout, undefined, { signal: ended.signal }).then(() => { throw new Error('no response in time') })
    ])
  } catch (error) {
    log('error', 'Lease not acquired or renewed', { error: errorMessage(error) })
    return false
  } finally {
    ended.abort()
  }
}
