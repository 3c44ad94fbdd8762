import type { FastifyInstance } from 'fastify'

/** The API server refuses JSON that is nested more deeply: the limit of Go's encoding/json. */
const maxDepth = 10_000
/** In characters; a shorter body takes little memory at any depth. */
const minCheckedLength = 256 * 1024

/** The request is nested more deeply than the API server accepts; status 400. */
export class TooDeepError extends Error {
  readonly statusCode = 400
  readonly code = 'TOO_DEEP'
  constructor () { super('the request is nested too deeply: the API server would not store it either') }
}

/**
 * Parses JSON as Fastify does, except for large bodies that are nested too deeply: while parsing, V8 keeps more
 * memory for each open list than for a value, and outside of the heap, whose limit would bound it.
 */
export function parseJson (app: FastifyInstance): void {
  // A map in a class may contain the key __proto__. Refusing it would stop all Tenants, since every request contains
  // all classes. Removing it could widen the class. Here it is an ordinary key: no resource or object has that name.
  const parse = app.getDefaultJsonParser('ignore', 'ignore')
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length < minCheckedLength || !isDeeper(body, maxDepth)) return parse(request, body, done)
    done(new TooDeepError())
  })
}

const codes = { quote: 34, backslash: 92, openList: 91, closeList: 93, openObject: 123, closeObject: 125 }

/** Whether more than `limit` lists and objects of a JSON text are open at once. Of invalid JSON it may say either. */
function isDeeper (json: string, limit: number): boolean {
  let depth = 0
  for (let at = 0; at < json.length; at++) {
    switch (json.charCodeAt(at)) {
      case codes.quote: at = endOfString(json, at); break
      case codes.openList: case codes.openObject: if (++depth > limit) return true; break
      case codes.closeList: case codes.closeObject: depth--
    }
  }
  return false
}

/** The position of the quote that closes the string that begins at `start`, or the end of the text. */
function endOfString (json: string, start: number): number {
  let at = start + 1
  while (at < json.length && json.charCodeAt(at) !== codes.quote) at += json.charCodeAt(at) === codes.backslash ? 2 : 1
  return at
}
