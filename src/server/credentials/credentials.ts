import { ConfigError, type Config } from '../config.ts'
import { watchFiles, type WatchedFiles } from './watched-files.ts'
import { clientAuthorities, type ClientAuthorities } from './client-authorities.ts'
import { serverCertificate, type ServerCertificate } from './server-certificate.ts'
import { tokens, type Tokens } from './tokens.ts'
import { errorMessage } from '../../error-message.ts'

/** What is read and changes by itself: the names that log and metrics have for it. */
export type CredentialName = 'certificate' | 'client_authorities' | 'tokens'

/** Who is told what becomes of the files. */
export interface CredentialEvents {
  /** At the start, and whenever another certificate is served. */
  certificate (certificate: ServerCertificate): void
  /** The first contents are in use. The details hold nothing secret, here and below. */
  loaded (name: CredentialName, details: object): void
  /** New contents are in use. */
  taken (name: CredentialName, details: object): void
  /** New contents cannot be used, so the ones before stay in use. */
  refused (name: CredentialName, error: Error): void
}

/** What the server speaks TLS by. */
export interface Tls {
  certificate (): ServerCertificate
  /** Undefined: callers need no certificate. */
  clientAuthorities (): ClientAuthorities | undefined
  /** From now on called after each change. */
  onChange (listener: (what: CredentialName) => void): void
}

/** What the hook knows itself and its callers by, read from files that may change at any time. */
export interface Credentials {
  /** Undefined: plain HTTP. */
  tls: Tls | undefined
  /** Undefined: callers need no token. */
  tokens: (() => Tokens) | undefined
  stop (): void
}

/** Milliseconds. The kubelet itself takes about a minute to bring a change of a Secret into a pod. */
const interval = 1_000

/** @throws ConfigError where a file cannot be read or used */
export async function loadCredentials ({ tls, tokenFile }: Pick<Config, 'tls' | 'tokenFile'>, events: CredentialEvents): Promise<Credentials> {
  const listeners: Array<(what: CredentialName) => void> = []
  const watched: Array<WatchedFiles<unknown>> = []

  async function watch<T> (name: CredentialName, settings: Record<string, string>, parse: (...contents: string[]) => T, describe: (value: T) => object): Promise<() => T> {
    const where = Object.entries(settings).map(([setting, path]) => `${setting}=${path}`).join(' and ')
    const files = await watchFiles({
      paths: Object.values(settings),
      parse,
      changed (value) {
        for (const listener of listeners) listener(name)
        events.taken(name, describe(value))
      },
      failed: error => { events.refused(name, explain(name, where, error)) },
      interval
    }).catch((error: unknown) => { throw new ConfigError(explain(name, where, error).message) })
    watched.push(files)
    events.loaded(name, describe(files.current()))
    return files.current
  }

  async function loadTls ({ certFile, keyFile, clientCaFile }: NonNullable<Config['tls']>): Promise<Tls> {
    const certificate = await watch('certificate', { K8S_MTP_TLS_CERT_FILE: certFile, K8S_MTP_TLS_KEY_FILE: keyFile }, serverCertificate, found => {
      events.certificate(found)
      return { subject: found.subject, notAfter: found.notAfter.toISOString() }
    })
    const authorities = clientCaFile === undefined
      ? () => undefined
      : await watch('client_authorities', { K8S_MTP_CLIENT_CA_FILE: clientCaFile }, clientAuthorities, ({ subjects }) => ({ subjects }))
    return { certificate, clientAuthorities: authorities, onChange: listener => { listeners.push(listener) } }
  }

  const stop = () => { for (const files of watched) files.stop() }
  try {
    return {
      tls: tls && await loadTls(tls),
      tokens: tokenFile === undefined ? undefined : await watch('tokens', { K8S_MTP_TOKEN_FILE: tokenFile }, tokens, ({ count }) => ({ count })),
      stop
    }
  } catch (error) {
    stop()
    throw error
  }
}

const subjects: Record<CredentialName, string> = {
  certificate: 'the certificate and its key',
  client_authorities: 'the authorities of callers',
  tokens: 'the tokens'
}

function explain (name: CredentialName, where: string, error: unknown): Error {
  const message = errorMessage(error)
  return new Error(error instanceof Error && 'syscall' in error ? `${where} cannot be read: ${message}` : `${where}: ${subjects[name]} ${message}`)
}
