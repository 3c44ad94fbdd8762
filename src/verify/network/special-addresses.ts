import ipaddr from 'ipaddr.js'

/**
 * Metadata services of AWS, Google Cloud, Azure, Oracle and others; Azure's host; Alibaba Cloud. Sources:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 * https://learn.microsoft.com/en-us/azure/virtual-network/what-is-ip-address-168-63-129-16
 * https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata
 */
export const metadataAddresses: readonly string[] = ['169.254.169.254', 'fd00:ec2::254', '168.63.129.16', '100.100.100.200']

/** False for private, link-local and other special networks. */
export function isPublic (address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.parse(address).range() === 'unicast'
}
