/** RFC 3339 to the second, as Kubernetes writes times. */
export function formatTime (time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z')
}
