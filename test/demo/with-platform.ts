import { createGuard, type Guard } from '../cluster/guard.ts'
import { onInterrupt } from './interrupt.ts'

interface Stoppable { stop: () => Promise<void> }

/** Starts a platform for a command, and stops it at the end or where the command is interrupted. */
export async function withPlatform<P extends Stoppable> (
  start: (guard: Guard) => Promise<P>, use: (platform: P, guard: Guard) => Promise<void>
): Promise<void> {
  const guard = createGuard()
  let platform: P | undefined
  const stop = async (): Promise<void> => {
    await platform?.stop()
    await guard.close()
  }
  const interrupted = onInterrupt(async code => {
    await stop()
    return code
  })
  try {
    platform = await start(guard)
    await use(platform, guard)
  } catch (error) {
    if (interrupted.isInterrupted()) await interrupted.never
    throw error
  } finally {
    await stop()
  }
}
