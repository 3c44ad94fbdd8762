import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

const file = (description: string) => Type.Optional(Type.String({ minLength: 1, description }))

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** Environment variables of `k8s-mtp serve`: name, meaning, default and bounds. */
export const Environment = Type.Object({
  K8S_MTP_HOST: Type.String({ default: '0.0.0.0', minLength: 1, description: 'address to listen on' }),
  K8S_MTP_PORT: Type.Integer({ default: 8080, minimum: 0, maximum: 65535, description: 'port to listen on; 0 picks a free port' }),
  K8S_MTP_LOG_LEVEL: Type.Union(logLevels.map(level => Type.Literal(level)), { default: 'info', description: logLevels.join(', ') }),
  K8S_MTP_BODY_LIMIT: Type.Integer({
    // An object in memory has up to twenty times the size of its JSON: test/server/fuzz.test.ts tries both limits together.
    default: 4 * 1024 * 1024,
    minimum: 64 * 1024,
    description: 'maximum size of a request in bytes; a typical Tenant sends 50 KB. With a higher one, raise the memory limit ' +
      'in proportion'
  }),
  K8S_MTP_TLS_CERT_FILE: file('serving certificate (PEM), with intermediate certificates; without it, plain HTTP'),
  K8S_MTP_TLS_KEY_FILE: file('private key of the serving certificate (PEM)'),
  K8S_MTP_CLIENT_CA_FILE: file('CA certificates (PEM) that must have signed the client certificate; requires HTTPS'),
  K8S_MTP_TOKEN_FILE: file('accepted bearer tokens, one per line')
})

/** Validated settings of the hook. */
export interface Config {
  host: string
  port: number
  logLevel: Static<typeof Environment>['K8S_MTP_LOG_LEVEL']
  bodyLimit: number
  /** Undefined: plain HTTP. */
  tls: TlsFiles | undefined
  /** Undefined: callers need no token. */
  tokenFile: string | undefined
}

/** Paths of PEM files. */
export interface TlsFiles {
  certFile: string
  keyFile: string
  /** Undefined: callers need no certificate. */
  clientCaFile: string | undefined
}

/** Reports settings, or files that they name, that cannot be used; the message has a line for each. */
export class ConfigError extends Error {}

/** @throws ConfigError */
export function readConfig (environment: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.keys(Environment.properties).map(name => [name, environment[name]]))
  const settings = Value.Convert(Environment, Value.Default(Environment, given))
  if (!Value.Check(Environment, settings)) throw new ConfigError(explain(settings))
  return {
    host: settings.K8S_MTP_HOST,
    port: settings.K8S_MTP_PORT,
    logLevel: settings.K8S_MTP_LOG_LEVEL,
    bodyLimit: settings.K8S_MTP_BODY_LIMIT,
    tls: tlsFiles(settings),
    tokenFile: settings.K8S_MTP_TOKEN_FILE
  }
}

function tlsFiles (settings: Static<typeof Environment>): TlsFiles | undefined {
  const { K8S_MTP_TLS_CERT_FILE: certFile, K8S_MTP_TLS_KEY_FILE: keyFile, K8S_MTP_CLIENT_CA_FILE: clientCaFile } = settings
  if (certFile !== undefined && keyFile !== undefined) return { certFile, keyFile, clientCaFile }
  if (certFile !== undefined || keyFile !== undefined) {
    const [set, missing] = certFile !== undefined ? ['CERT', 'KEY'] : ['KEY', 'CERT']
    throw new ConfigError(
      `K8S_MTP_TLS_${set}_FILE is set, and K8S_MTP_TLS_${missing}_FILE is not: set both for HTTPS, none for plain HTTP`
    )
  }
  if (clientCaFile !== undefined) {
    throw new ConfigError('K8S_MTP_CLIENT_CA_FILE requires HTTPS: set K8S_MTP_TLS_CERT_FILE and K8S_MTP_TLS_KEY_FILE')
  }
  return undefined
}

/** Describes the settings for `--help`, a line each. */
export function describeEnvironment (): string {
  const settings = Object.entries(Environment.properties)
  const width = Math.max(...settings.map(([name]) => name.length))
  return [
    'Environment:',
    ...settings.map(([name, { description, default: fallback = 'none' }]) =>
      `  ${name.padEnd(width)}  ${description ?? ''} (default: ${String(fallback)})`),
    'Files are reloaded when they change. Client certificate and token are required for /sync and /customize only.'
  ].join('\n')
}

function explain (settings: unknown): string {
  const invalid = new Set([...Value.Errors(Environment, settings)].map(({ path }) => path.slice(1)))
  return [...invalid].map(name => {
    const { description = '', minimum, maximum }: Setting = Environment.properties[name as keyof typeof Environment.properties]
    const bounds = [
      ...(minimum === undefined ? [] : [`at least ${minimum}`]),
      ...(maximum === undefined ? [] : [`at most ${maximum}`])
    ]
    const value = JSON.stringify((settings as Record<string, unknown>)[name])
    return `${name} cannot be ${value}: ${[description, ...bounds].join(', ')}`
  }).join('\n')
}

interface Setting { description?: string, minimum?: number, maximum?: number }
