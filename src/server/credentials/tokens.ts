import { createHash, timingSafeEqual } from 'node:crypto'

/** Accepted bearer tokens. During a rotation there are several. */
export interface Tokens {
  count: number
  /** Compares in constant time. */
  include (token: string): boolean
}

/** Characters that the header may contain. Source: RFC 6750, 2.1. */
const syntax = /^[A-Za-z0-9._~+/-]+=*$/
const minLength = 16

/** Parses tokens, one per line. Throws if there is none, or one is invalid; the message contains no token. */
export function tokens (text: string): Tokens {
  const lines = text.split('\n').map(line => line.trim()).filter(line => line !== '')
  if (lines.length === 0) throw new Error('there is no token: the file is empty')
  const invalid = lines.findIndex(line => !syntax.test(line) || line.length < minLength)
  if (invalid >= 0) {
    throw new Error(`token ${invalid + 1} is invalid: each line must have at least ${minLength} letters, digits ` +
      'and -._~+/, and nothing else. Create one with `openssl rand -hex 32`')
  }
  const hashes = lines.map(hashOf)
  return {
    count: hashes.length,
    include (token) {
      const hash = hashOf(token)
      // All of them, so that the time does not reveal which one matched; hashes, so that it reveals no common prefix.
      return hashes.filter(known => timingSafeEqual(known, hash)).length > 0
    }
  }
}

function hashOf (token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
