import ipaddr from 'ipaddr.js'

/** True for a CIDR without host bits: 10.0.0.0/8, not 10.1.2.3/8, which the API server refuses. */
export function isNetworkCidr (text: string): boolean {
  if (!isStrictCidr(text)) return false
  const [address, bits] = ipaddr.parseCIDR(text)
  const network = address.kind() === 'ipv4'
    ? ipaddr.IPv4.networkAddressFromCIDR(text)
    : ipaddr.IPv6.networkAddressFromCIDR(text)
  return `${address.toNormalizedString()}/${bits}` === `${network.toNormalizedString()}/${bits}`
}

/** Refuses forms that ipaddr.js reads and the API server does not: 10/8, 010.0.0.0/8, 0x0a.0.0.0/8, ::ffff:10.0.0.0/104, zones. */
function isStrictCidr (text: string): boolean {
  if (!ipaddr.isValidCIDR(text) || /\/0\d|%/.test(text)) return false
  const [address = ''] = text.split('/')
  if (!address.includes(':')) return ipaddr.IPv4.isValidFourPartDecimal(address) && !/\b0\d/.test(address)
  return !ipaddr.IPv6.parse(address).isIPv4MappedAddress()
}

/** True where the outer network has all addresses of the inner one. */
export function containsNetwork (outer: string, inner: string): boolean {
  const [[address, bits], [network, shorter]] = [ipaddr.parseCIDR(inner), ipaddr.parseCIDR(outer)]
  return address.kind() === network.kind() && bits >= shorter && address.match(network, shorter)
}

/** True where the inner network is a proper part of the outer one. */
export function isWithin (inner: string, outer: string): boolean {
  return containsNetwork(outer, inner) && lengthOf(inner) > lengthOf(outer)
}

/** Two networks are disjoint, or one contains the other. */
export const areDisjoint = (a: string, b: string): boolean => !containsNetwork(a, b) && !containsNetwork(b, a)

export function containsAddress (network: string, address: string): boolean {
  const [first, bits] = ipaddr.parseCIDR(network)
  const other = ipaddr.parse(address)
  return first.kind() === other.kind() && other.match(first, bits)
}

export const lengthOf = (network: string): number => ipaddr.parseCIDR(network)[1]

/** True for a network of one address. */
export function isSingleAddress (network: string): boolean {
  const [address, bits] = ipaddr.parseCIDR(network)
  return bits === (address.kind() === 'ipv4' ? 32 : 128)
}
