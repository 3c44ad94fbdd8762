import { apiErrorOf, isRecord } from './api-error.ts'
import type { KubeObject } from './kube-object.ts'

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  object: KubeObject
}

/**
 * Reads the events of a watch, one JSON object a line, until the server closes the stream. Throws an ApiError for an
 * ERROR event: code 410 means that the resourceVersion is too old, and the caller must list again.
 */
export async function * readWatch (stream: AsyncIterable<Uint8Array>): AsyncGenerator<WatchEvent, void> {
  for await (const line of lines(stream)) {
    const event: unknown = JSON.parse(line)
    if (!isRecord(event)) throw new Error(`the watch sent something that is no event: ${line.slice(0, 200)}`)
    if (event.type === 'ERROR') {
      const code = isRecord(event.object) && typeof event.object.code === 'number' ? event.object.code : 500
      throw apiErrorOf(code, event.object, 'the watch')
    }
    // The server sends no other types, and only objects of the requested kind.
    yield event as unknown as WatchEvent
  }
}

async function * lines (stream: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    yield * parts.filter(part => part !== '')
  }
}
