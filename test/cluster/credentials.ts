import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Bearer tokens for the control plane, valid as long as its folder exists. */
export interface Credentials {
  adminToken: string
  engineToken: string
  /** The file for --token-auth-file. */
  tokenFile: string
  /** The keys that sign and check the tokens of service accounts. */
  privateKeyFile: string
  publicKeyFile: string
}

/** The service account of Metacontroller's chart, so that tests show missing permissions. */
export const ENGINE_USER = 'system:serviceaccount:metacontroller:metacontroller'
const ENGINE_GROUPS = 'system:serviceaccounts,system:serviceaccounts:metacontroller'

export function writeCredentials (folder: string): Credentials {
  const token = (): string => randomBytes(16).toString('hex')
  const credentials = {
    adminToken: token(),
    engineToken: token(),
    tokenFile: join(folder, 'tokens.csv'),
    privateKeyFile: join(folder, 'service-account.key'),
    publicKeyFile: join(folder, 'service-account.pub')
  }
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' }
  })
  const secret = { mode: 0o600 }
  writeFileSync(credentials.privateKeyFile, privateKey, secret)
  writeFileSync(credentials.publicKeyFile, publicKey)
  writeFileSync(credentials.tokenFile, [
    `${credentials.adminToken},admin,admin,"system:masters"`,
    `${credentials.engineToken},${ENGINE_USER},engine,"${ENGINE_GROUPS}"`
  ].join('\n') + '\n', secret)
  return credentials
}
