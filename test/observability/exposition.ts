/** One line of the text format. */
export interface Sample { name: string, labels: Record<string, string>, value: number }

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)",?/gy

/** Parses Prometheus' text format. Throws for a line that is neither a sample nor a comment. */
export function parseSamples (text: string): Sample[] {
  return text.split('\n').filter(line => line !== '' && !line.startsWith('#')).map(text => {
    const [, name, labels = '', value] = line.exec(text) ?? []
    if (name === undefined || value === undefined) throw new Error(`not a sample: ${text}`)
    return {
      name,
      labels: Object.fromEntries(
        [...labels.matchAll(label)].map(([, key = '', quoted = '']) => [key, JSON.parse(`"${quoted}"`) as string])
      ),
      value: Number(value)
    }
  })
}

/** Returns the names that can be queried: for a histogram its buckets, sum and count. */
export function queryableNames (text: string): Set<string> {
  return new Set([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'].map(suffix => name + suffix) : [name]))
}
