import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

const file = (description: string) => Type.Optional(Type.String({ minLength: 1, description }))

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** The environment of `k8s-mtp serve`: name, meaning, default and bounds of every setting. */
export const Environment = Type.Object({
  K8S_MTP_HOST: Type.String({ default: '0.0.0.0', minLength: 1, description: 'address to listen on' }),
  K8S_MTP_PORT: Type.Integer({ default: 8080, minimum: 0, maximum: 65535, description: 'port to listen on; 0 takes a free one' }),
  K8S_MTP_LOG_LEVEL: Type.Union(logLevels.map(level => Type.Literal(level)), { default: 'info', description: logLevels.join(', ') }),
  K8S_MTP_BODY_LIMIT: Type.Integer({ default: 16 * 1024 * 1024, minimum: 64 * 1024, description: 'largest request in bytes; one Tenant sends about 50 KB' }),
  K8S_MTP_TLS_CERT_FILE: file('certificate for HTTPS, PEM, with those between it and its authority; without it, plain HTTP'),
  K8S_MTP_TLS_KEY_FILE: file('its private key, PEM'),
  K8S_MTP_CLIENT_CA_FILE: file('authorities, PEM, that have to have signed the certificate of whoever asks; needs HTTPS'),
  K8S_MTP_TOKEN_FILE: file('tokens, one a line, one of which whoever asks has to send as a bearer token')
})

/** The settings of the hook, checked. */
export interface Config {
  host: string
  port: number
  logLevel: Static<typeof Environment>['K8S_MTP_LOG_LEVEL']
  bodyLimit: number
  /** Undefined: plain HTTP. */
  tls: TlsFiles | undefined
  /** Undefined: whoever asks needs no token. */
  tokenFile: string | undefined
}

/** Paths of files in PEM. */
export interface TlsFiles {
  certFile: string
  keyFile: string
  /** Undefined: whoever asks needs no certificate. */
  clientCaFile: string | undefined
}

/** Thrown where a setting, or the file that it names, cannot be used; the message names each one and what it takes. */
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
  if (certFile !== undefined) throw new ConfigError('K8S_MTP_TLS_CERT_FILE is set and K8S_MTP_TLS_KEY_FILE is not: HTTPS needs both, plain HTTP neither')
  if (keyFile !== undefined) throw new ConfigError('K8S_MTP_TLS_KEY_FILE is set and K8S_MTP_TLS_CERT_FILE is not: HTTPS needs both, plain HTTP neither')
  if (clientCaFile !== undefined) throw new ConfigError('K8S_MTP_CLIENT_CA_FILE is set without TLS: nobody can show a certificate over plain HTTP, so set K8S_MTP_TLS_CERT_FILE and K8S_MTP_TLS_KEY_FILE too')
  return undefined
}

/** For `--help`: one line a setting. */
export function describeEnvironment (): string {
  const settings = Object.entries(Environment.properties)
  const width = Math.max(...settings.map(([name]) => name.length))
  const lines = settings.map(([name, { description, default: byDefault }]) => `  ${name.padEnd(width)}  ${description ?? ''} (default: ${byDefault === undefined ? 'none' : String(byDefault)})`)
  return ['Environment:', ...lines, 'Files are read again when they change. Whoever asks /sync and /customize has to prove himself; probes and /metrics are for all.'].join('\n')
}

function explain (settings: unknown): string {
  const wrong = [...new Set([...Value.Errors(Environment, settings)].map(({ path }) => path.slice(1)))]
  return wrong.map(name => {
    const { description = '', ...bounds } = Environment.properties[name as keyof typeof Environment.properties]
    const range = [['minimum', 'at least'], ['maximum', 'at most']].flatMap(([key, words]) => key !== undefined && key in bounds ? [`${words} ${String(bounds[key as keyof typeof bounds])}`] : [])
    return `${name} cannot be ${JSON.stringify((settings as Record<string, unknown>)[name])}: ${[description, ...range].join(', ')}`
  }).join('\n')
}
