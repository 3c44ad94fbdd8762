import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createProgress } from './progress.ts'

describe('the progress of a build', () => {
  beforeEach(() => { vi.useFakeTimers() })
  afterEach(() => { vi.useRealTimers() })

  it('is reported every 10 s, with the completed and remaining work and an estimate', () => {
    const log: string[] = []
    const progress = createProgress('etcd 3.6.13', line => log.push(line))
    progress.phase('reading its modules')
    for (const name of ['go.uber.org/zap v1.27.0', 'golang.org/x/net v0.40.0']) progress.line(`go: downloading ${name}`)
    vi.advanceTimersByTime(10_000)
    progress.expect(200)
    progress.phase('compiling')
    for (let i = 0; i < 100; i++) progress.line(`go.uber.org/zap/package${i}`)
    vi.advanceTimersByTime(10_000)
    for (let i = 0; i < 100; i++) progress.line(`golang.org/x/net/package${i}`)
    vi.advanceTimersByTime(60_000)
    progress.done()
    vi.advanceTimersByTime(60_000)
    expect(log.slice(0, 5)).toEqual([
      'building etcd 3.6.13: reading its modules, 0 s',
      'building etcd 3.6.13: reading its modules, 10 s, 2 modules downloaded',
      'building etcd 3.6.13: compiling, 10 s, 0 of 200 packages',
      'building etcd 3.6.13: compiling, 20 s, 100 of 200 packages, about 29 s left',
      'building etcd 3.6.13: compiling, 30 s, 200 of 200 packages, linking'
    ])
    expect(log.at(-1)).toBe('built etcd 3.6.13 in 1 min 20 s')
  })

  it('keeps the errors of the compiler', () => {
    const progress = createProgress('etcd 3.6.13', () => {})
    progress.line('./main.go:3:1: syntax error')
    progress.stop()
    expect(progress.lastLines()).toEqual(['./main.go:3:1: syntax error'])
  })
})
