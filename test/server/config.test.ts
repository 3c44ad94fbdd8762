import { describe, expect, it } from 'vitest'
import { ConfigError, describeEnvironment, Environment, readConfig } from '../../src/server/config.ts'

describe('the configuration', () => {
  it('has a default for every setting', () => {
    expect(readConfig({})).toEqual({
      host: '0.0.0.0',
      port: 8080,
      logLevel: 'info',
      bodyLimit: 4194304,
      tls: undefined,
      tokenFile: undefined
    })
  })

  it('reads the environment', () => {
    expect(
      readConfig({
        K8S_MTP_HOST: '127.0.0.1',
        K8S_MTP_PORT: '9000',
        K8S_MTP_LOG_LEVEL: 'debug',
        K8S_MTP_BODY_LIMIT: '65536',
        OTHER: 'x'
      })
    ).toEqual({
      host: '127.0.0.1',
      port: 9000,
      logLevel: 'debug',
      bodyLimit: 65536,
      tls: undefined,
      tokenFile: undefined
    })
  })

  const tls = { K8S_MTP_TLS_CERT_FILE: '/tls/tls.crt', K8S_MTP_TLS_KEY_FILE: '/tls/tls.key' }

  it('reads the paths of credential files', () => {
    expect(readConfig({ ...tls, K8S_MTP_CLIENT_CA_FILE: '/ca.crt', K8S_MTP_TOKEN_FILE: '/token' }))
      .toMatchObject({ tls: { certFile: '/tls/tls.crt', keyFile: '/tls/tls.key', clientCaFile: '/ca.crt' }, tokenFile: '/token' })
    expect(readConfig(tls).tls).toEqual({ certFile: '/tls/tls.crt', keyFile: '/tls/tls.key', clientCaFile: undefined })
  })

  it.each([
    ['a certificate without its key', { K8S_MTP_TLS_CERT_FILE: '/c' }, 'K8S_MTP_TLS_CERT_FILE is set, and K8S_MTP_TLS_KEY_FILE is not'],
    ['a key without its certificate', { K8S_MTP_TLS_KEY_FILE: '/k' }, 'K8S_MTP_TLS_KEY_FILE is set, and K8S_MTP_TLS_CERT_FILE is not'],
    ['client certificates over plain HTTP', { K8S_MTP_CLIENT_CA_FILE: '/ca' }, 'K8S_MTP_CLIENT_CA_FILE requires HTTPS'],
    ['an empty path', { ...tls, K8S_MTP_TOKEN_FILE: '' }, 'K8S_MTP_TOKEN_FILE cannot be ""']
  ])('refuses %s', (_, environment, message) => {
    expect(() => readConfig(environment)).toThrow(ConfigError)
    expect(() => readConfig(environment)).toThrow(message)
  })

  it.each([
    [{ K8S_MTP_PORT: '70000' }, 'K8S_MTP_PORT cannot be 70000: port to listen on; 0 picks a free port, at least 0, at most 65535'],
    [{ K8S_MTP_PORT: 'http' }, 'K8S_MTP_PORT cannot be "http"'],
    [{ K8S_MTP_LOG_LEVEL: 'loud' }, 'K8S_MTP_LOG_LEVEL cannot be "loud": fatal, error, warn, info, debug, trace, silent'],
    [{ K8S_MTP_HOST: '' }, 'K8S_MTP_HOST cannot be ""'],
    [{ K8S_MTP_BODY_LIMIT: '1' }, 'K8S_MTP_BODY_LIMIT cannot be 1']
  ])('refuses %o and reports the valid values', (environment, message) => {
    expect(() => readConfig(environment)).toThrow(ConfigError)
    expect(() => readConfig(environment)).toThrow(message)
  })

  it('describes every setting in --help', () => {
    for (const name of Object.keys(Environment.properties)) expect(describeEnvironment()).toContain(name)
    expect(describeEnvironment()).not.toContain('undefined')
  })
})
