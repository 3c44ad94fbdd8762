import { createHash, timingSafeEqual } from 'node:crypto'

/** What callers may send: more than one while one takes the place of the other. */
export interface Tokens {
  count: number
  /** Takes as long whether it is one of them or not. */
  include (token: string): boolean
}

/** What can stand in the header. Source: RFC 6750, 2.1. */
const syntax = /^[A-Za-z0-9._~+/-]+=*$/
const shortest = 16

/** One a line. Throws where there is none, or one that is no good, with words that follow "the tokens" and without the tokens themselves. */
export function tokens (text: string): Tokens {
  const lines = text.split('\n').map(line => line.trim()).filter(line => line !== '')
  if (lines.length === 0) throw new Error('are missing: the file is empty')
  const wrong = lines.findIndex(line => !syntax.test(line) || line.length < shortest)
  if (wrong >= 0) throw new Error(`are one a line, each of at least ${shortest} letters, digits and -._~+/ with nothing between them, and number ${wrong + 1} is not: make one by \`openssl rand -hex 32\``)
  const hashes = lines.map(hashOf)
  return {
    count: hashes.length,
    include (token) {
      const hash = hashOf(token)
      // All of them, so that the time does not tell which one it was; the hashes, so that it tells nothing of how much of it was right.
      return hashes.filter(known => timingSafeEqual(known, hash)).length > 0
    }
  }
}

function hashOf (token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
