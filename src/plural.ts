/** A number with its noun: `1 Tenant`, `2 Tenants`. */
export function plural (count: number, noun: string, several = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : several}`
}
