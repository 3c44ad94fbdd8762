/** Encodes a value in DER, as certificates need it. Source: ITU-T X.690. */
export function tlv (tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content])
}

export const sequence = (...parts: Uint8Array[]): Buffer => tlv(0x30, ...parts)
export const set = (...parts: Uint8Array[]): Buffer => tlv(0x31, ...parts)
/** The first byte is from 1 to 127. */
export const integer = (...bytes: number[]): Buffer => tlv(0x02, Buffer.from(bytes))
export const octets = (content: Uint8Array): Buffer => tlv(0x04, content)
export const bits = (content: Uint8Array): Buffer => tlv(0x03, Buffer.from([0]), content)
export const text = (value: string): Buffer => tlv(0x0c, Buffer.from(value))
export const yes = Buffer.from([0x01, 0x01, 0xff])

/** Encodes an object identifier in its dotted form. */
export function oid (dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return tlv(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

/** Encodes a time to the second, before 2050. */
export function time (date: Date): Buffer {
  return tlv(0x17, Buffer.from(date.toISOString().replace(/\.\d+|[-:T]/g, '').slice(2)))
}

function lengthOf (length: number): number[] {
  if (length < 0x80) return [length]
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
}

function base128 (value: number): number[] {
  const high = value >> 7
  return [...(high > 0 ? base128(high).map(byte => byte | 0x80) : []), value & 0x7f]
}
