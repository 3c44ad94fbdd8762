const counts = { syncs: 0, sync_errors: 0, hook_calls: 0, writes: 0 }

export function count (what: keyof typeof counts): void {
  counts[what]++
}

/** In the text format of Prometheus. */
export function counters (): string {
  return Object.entries(counts)
    .map(([name, value]) => `# TYPE stand_in_${name}_total counter\nstand_in_${name}_total ${value}\n`)
    .join('')
}
