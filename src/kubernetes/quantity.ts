/**
 * A quantity as kube-apiserver reads and stores it in ResourceQuota and LimitRange. A manifest must have the stored form,
 * or every sync is a write. Follows `resource.Quantity` of k8s.io/apimachinery 0.36, its exceptions included;
 * test/fixtures/quantities.json was recorded from a real API server.
 */
export interface Quantity {
  /** In thousandths, rounded away from zero, as the API server keeps it. */
  readonly milli: bigint
  readonly format: 'decimal' | 'binary' | 'exponent'
  /** The text, where the API server takes it for canonical and keeps it: also `010`, `+5` and `1.500k`. */
  readonly kept?: string
}

/** 2^63-1. Above it the API server runs out of suffixes, and stores 1000E as "1". */
export const largestQuantity: Quantity = { milli: (2n ** 63n - 1n) * 1000n, format: 'decimal' }

// Our own bounds: the API server computes any power of ten.
const longestText = 100
const largestExponent = 1000

/** The API server trims white space that JSON does not escape. */
const outerSpaces = /^[^\S\t\n\v\f\r]+|[^\S\t\n\v\f\r]+$/g
const shape = /^([+-]?)(\d*)(?:\.(\d*))?(|[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)$/

const decimalSuffixes: ReadonlyMap<string, number> = new Map([
  ['n', -9], ['u', -6], ['m', -3], ['', 0], ['k', 3], ['M', 6], ['G', 9], ['T', 12], ['P', 15], ['E', 18]
])
const suffixOfExponent: ReadonlyMap<number, string> = new Map([...decimalSuffixes].map(([suffix, exponent]) => [exponent, suffix]))
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

/** A class and its Tenants have few different amounts, each of which is read many times. */
const parsed = new Map<string, Quantity | undefined>()
const maxParsed = 5000

/** Undefined for text that the API server refuses. It reads a sign or a suffix alone as 0. */
export function parseQuantity (text: string | number): Quantity | undefined {
  const given = String(text)
  if (given.length > longestText) return undefined
  if (!parsed.has(given)) {
    if (parsed.size === maxParsed) parsed.clear()
    parsed.set(given, parse(given))
  }
  return parsed.get(given)
}

function parse (given: string): Quantity | undefined {
  const written = given.replace(outerSpaces, '')
  const match = shape.exec(written)
  if (match === null || written === '') return undefined
  const [, sign = '', integer = '', fraction = '', suffix = ''] = match
  const digits = { written, sign, integer: integer.replace(/^0+/, '') || '0', fraction, missing: integer + fraction === '' }
  const power = binarySuffixes.indexOf(suffix)
  return power > 0 ? parseBinary(digits, power) : parseDecimal(digits, suffix)
}

/** The form in which the API server returns it: the stored text, parsed and printed again (1953.125Ki, 2000000, 2M). */
export function canonicalQuantity (text: string | number): string | undefined {
  const quantity = parseQuantity(text)
  const again = quantity && parseQuantity(formatQuantity(quantity))
  return again && formatQuantity(again)
}

export function compareQuantities (a: Quantity, b: Quantity): -1 | 0 | 1 {
  if (a.milli === b.milli) return 0
  return a.milli < b.milli ? -1 : 1
}

interface Digits {
  readonly written: string
  readonly sign: string
  readonly integer: string
  readonly fraction: string
  /** No digit, as in `m`: zero on the fast path of the API server, refused on the slow one. */
  readonly missing: boolean
}

function parseDecimal ({ written, sign, integer, fraction, missing }: Digits, suffix: string): Quantity | undefined {
  const exponent = decimalSuffixes.get(suffix) ?? Number(suffix.slice(1))
  if (Math.abs(exponent) > largestExponent) return undefined
  const mantissa = integer + fraction
  const scale = exponent - fraction.length
  const fitsInt64 = mantissa.length <= 18 && scale >= -9
  if (missing && !fitsInt64) return undefined
  return {
    milli: signed(sign, timesPowerOfTen(BigInt(mantissa), scale + 3)),
    format: decimalSuffixes.has(suffix) ? 'decimal' : 'exponent',
    ...(fitsInt64 && isCanonical(mantissa, scale) && { kept: written })
  }
}

function isCanonical (mantissa: string, scale: number): boolean {
  return scale >= -3 && scale % 3 === 0 && !/^0|000$/.test(mantissa)
}

function parseBinary ({ written, sign, integer, fraction, missing }: Digits, power: number): Quantity | undefined {
  const fitsInt64 = fraction === '' && integer.length + 3 * power <= 14
  if (missing && !fitsInt64) return undefined
  const kept = fitsInt64 && BigInt(integer) % 8n !== 0n
  const milli = timesPowerOfTen(BigInt(integer + fraction) * 1024n ** BigInt(power), 3 - fraction.length)
  return {
    milli: signed(sign, milli > largestQuantity.milli ? largestQuantity.milli : milli),
    format: 'binary',
    ...(kept && { kept: written })
  }
}

/** Prints a quantity as the API server does. */
export function formatQuantity (quantity: Quantity): string {
  if (quantity.kept !== undefined) return quantity.kept
  if (quantity.milli === 0n) return '0'
  return quantity.format === 'binary' ? printBinary(quantity.milli) : printDecimal(quantity)
}

function printBinary (milli: bigint): string {
  const belowKi = milli > -1024_000n && milli < 1024_000n
  if (belowKi || milli % 1000n !== 0n) return printDecimal({ milli, format: 'decimal' })
  const [mantissa, power] = divideOut(milli / 1000n, 1024n)
  return `${mantissa}${binarySuffixes[power]}`
}

function printDecimal ({ milli, format }: Quantity): string {
  const [mantissa, thousands] = divideOut(milli, 1000n)
  const exponent = 3 * thousands - 3
  if (format === 'exponent') return exponent === 0 ? `${mantissa}` : `${mantissa}e${exponent}`
  return `${mantissa}${suffixOfExponent.get(exponent) ?? ''}`
}

function divideOut (value: bigint, factor: bigint): [rest: bigint, times: number] {
  let rest = value
  let times = 0
  while (rest % factor === 0n) {
    rest /= factor
    times++
  }
  return [rest, times]
}

function timesPowerOfTen (value: bigint, power: number): bigint {
  if (power >= 0) return value * 10n ** BigInt(power)
  const divisor = 10n ** BigInt(-power)
  return (value + divisor - 1n) / divisor
}

const signed = (sign: string, value: bigint): bigint => sign === '-' ? -value : value

/** Says why an amount is refused: it is no quantity, is negative, or fails a further check; undefined where it is valid. */
export function refusedQuantity (amount: string | number, further: (quantity: Quantity) => string | undefined): string | undefined {
  const quantity = parseQuantity(amount)
  if (quantity === undefined) return `${JSON.stringify(amount)} is not a quantity. Write it like 500m, 2 or 1Gi`
  return quantity.milli < 0n ? `must not be negative, but is ${amount}` : further(quantity)
}
