import { errorMessage } from '../../error-message.ts'
import { ConfigError, type Config } from '../config.ts'
import { clientAuthorities, serverCertificate, type ClientAuthorities, type ServerCertificate } from './certificates.ts'
import type { CredentialEvents, CredentialName } from './credential-events.ts'
import { tokens, type Tokens } from './tokens.ts'
import { watchFiles, type WatchedFiles } from './watched-files.ts'

/** Credentials of the TLS server. */
export interface Tls {
  certificate (): ServerCertificate
  /** Undefined: callers need no certificate. */
  clientAuthorities (): ClientAuthorities | undefined
  /** Adds a listener for changes. */
  onChange (listener: (name: CredentialName) => void): void
}

/** Credentials of the hook, and those that it requires from callers. They follow their files. */
export interface Credentials {
  /** Undefined: plain HTTP. */
  tls: Tls | undefined
  /** Undefined: callers need no token. */
  tokens: (() => Tokens) | undefined
  stop (): void
}

/** Milliseconds. The kubelet takes about a minute to update a Secret in a pod. */
const interval = 1_000

/** A credential, read from the files that the settings name. */
interface Source<T> {
  name: CredentialName
  /** Setting to path. */
  files: Record<string, string>
  parse: (...contents: string[]) => T
  describe: (value: T) => object
}

/** @throws ConfigError if a file cannot be read or is invalid */
export async function loadCredentials (
  { tls, tokenFile }: Pick<Config, 'tls' | 'tokenFile'>, events: CredentialEvents
): Promise<Credentials> {
  const listeners: Array<(name: CredentialName) => void> = []
  const watched: Array<WatchedFiles<unknown>> = []

  async function watch<T> ({ name, files, parse, describe }: Source<T>): Promise<() => T> {
    const loaded = await watchFiles({
      paths: Object.values(files),
      parse,
      onChange (value) {
        for (const listener of listeners) listener(name)
        events.reloaded(name, describe(value))
      },
      onError: error => { events.refused(name, explain(files, error)) },
      interval
    }).catch((error: unknown) => { throw new ConfigError(explain(files, error)) })
    watched.push(loaded)
    events.loaded(name, describe(loaded.current()))
    return loaded.current
  }

  async function loadTls ({ certFile, keyFile, clientCaFile }: NonNullable<Config['tls']>): Promise<Tls> {
    const certificate = await watch({
      name: 'certificate',
      files: { K8S_MTP_TLS_CERT_FILE: certFile, K8S_MTP_TLS_KEY_FILE: keyFile },
      parse: serverCertificate,
      describe: ({ subject, notAfter }) => ({ subject, notAfter: notAfter.toISOString() })
    })
    events.certificate(certificate())
    listeners.push(name => { if (name === 'certificate') events.certificate(certificate()) })
    const authorities = clientCaFile === undefined
      ? () => undefined
      : await watch({
        name: 'client_authorities',
        files: { K8S_MTP_CLIENT_CA_FILE: clientCaFile },
        parse: clientAuthorities,
        describe: ({ subjects }) => ({ subjects })
      })
    return { certificate, clientAuthorities: authorities, onChange: listener => { listeners.push(listener) } }
  }

  const stop = () => { for (const files of watched) files.stop() }
  try {
    return {
      tls: tls && await loadTls(tls),
      tokens: tokenFile === undefined
        ? undefined
        : await watch({ name: 'tokens', files: { K8S_MTP_TOKEN_FILE: tokenFile }, parse: tokens, describe: ({ count }) => ({ count }) }),
      stop
    }
  } catch (error) {
    stop()
    throw error
  }
}

function explain (files: Record<string, string>, error: unknown): string {
  const settings = Object.entries(files).map(([setting, path]) => `${setting}=${path}`).join(' and ')
  const isUnreadable = error instanceof Error && 'syscall' in error
  return `${settings}${isUnreadable ? ' cannot be read' : ''}: ${errorMessage(error)}`
}
