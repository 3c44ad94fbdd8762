/** One line of what is scraped. */
export interface Sample { name: string, labels: Record<string, string>, value: number }

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)",?/gy

/** The samples of Prometheus' text format. Throws for a line that is neither a sample nor a comment. */
export function parseSamples (text: string): Sample[] {
  return text.split('\n').filter(line => line !== '' && !line.startsWith('#')).map(text => {
    const [, name, labels = '', value] = line.exec(text) ?? []
    if (name === undefined || value === undefined) throw new Error(`this is no sample: ${text}`)
    return { name, labels: Object.fromEntries([...labels.matchAll(label)].map(([, key = '', quoted = '']) => [key, JSON.parse(`"${quoted}"`) as string])), value: Number(value) }
  })
}

/** The names under which there is something to query: of a histogram its buckets, sum and count. */
export function queryableNames (text: string): Set<string> {
  return new Set([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'].map(suffix => name + suffix) : [name]))
}
