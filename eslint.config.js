import importX from 'eslint-plugin-import-x'
import neostandard from 'neostandard'
import tseslint from 'typescript-eslint'

/**
 * The layers of src: each may import itself and the ones it lists. A reconcile runs through the steps of src/tenancy in
 * their order, so each step may import the ones before it.
 */
const steps = ['subjects', 'policy', 'desired', 'observed', 'decision', 'drift', 'correction', 'children', 'status', 'reconcile-namespace.ts', 'reconcile.ts']
const layers = {
  'api/validation': ['api/one-of.ts'],
  api: [],
  kubernetes: ['api'],
  metacontroller: ['api', 'kubernetes'],
  ...Object.fromEntries(steps.map((step, index) =>
    [`tenancy/${step}`, ['api', 'kubernetes', 'metacontroller', ...steps.slice(0, index).map(earlier => `tenancy/${earlier}`)]])),
  adoption: ['api', 'kubernetes', 'metacontroller', 'tenancy', 'plural.ts'],
  diff: ['adoption', 'api', 'kubernetes', 'tenancy', 'plural.ts'],
  guardrails: ['api', 'kubernetes', 'tenancy/desired'],
  defaults: ['api', 'guardrails', 'kubernetes', 'tenancy/desired'],
  rbac: ['api', 'kubernetes', 'tenancy/desired'],
  crd: ['api'],
  check: ['api', 'crd', 'defaults', 'guardrails', 'kubernetes', 'tenancy/desired', 'plural.ts', 'shell-quoted.ts', 'version.ts'],
  lint: ['api', 'kubernetes', 'tenancy'],
  gitops: ['api', 'tenancy'],
  verify: ['api', 'check', 'guardrails', 'kubernetes', 'tenancy'],
  view: ['api', 'kubernetes', 'tenancy', 'plural.ts', 'shell-quoted.ts'],
  hook: ['api', 'kubernetes', 'metacontroller', 'tenancy'],
  server: ['api', 'hook', 'kubernetes', 'error-message.ts', 'version.ts'],
  cli: [
    'adoption', 'api', 'check', 'crd', 'defaults', 'diff', 'gitops', 'guardrails', 'kubernetes', 'lint', 'rbac', 'server', 'tenancy', 'verify',
    'view', 'error-message.ts', 'package-file.ts', 'plural.ts', 'version.ts'
  ]
}

const zones = Object.entries(layers).map(([layer, allowed]) => ({
  target: `./src/${layer}`,
  from: './src',
  except: [layer, ...allowed].map(path => `./${path}`),
  message: `src/${layer} may import only ${[layer, ...allowed].join(', ')}: see docs/adr/0019-layout-by-reconcile-steps.md.`
}))

/** Input, output and time are arguments here. Hashes are pure. */
const pure = [
  'api', 'kubernetes', 'metacontroller', 'tenancy', 'adoption', 'diff', 'guardrails', 'defaults', 'rbac', 'crd', 'check', 'lint', 'gitops',
  'verify', 'view', 'hook'
].map(layer => `src/${layer}/**/*.ts`)
const impure = {
  group: ['node:*', '!node:crypto', 'fastify', '@fastify/*', 'pino', 'prom-client', 'commander', 'yaml', '@kubernetes/*'],
  message: 'This layer is pure: take it as an argument.'
}

/** Serving and rendering need no credentials, and start earlier without the client. */
const noCluster = { group: ['@kubernetes/client-node', '@kubernetes/client-node/**'], message: 'Only src/cli/cluster calls a cluster.' }

export default tseslint.config(
  { ignores: ['dist/**', 'coverage/**', 'crds/**', 'defaults/**', 'guardrails/**', 'rbac/**'] },
  ...neostandard({ ts: true }),
  {
    files: ['**/*.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-redeclare': 'off', // a TypeBox schema and its static type share one name
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error'
    }
  },
  {
    files: ['src/**/*.ts'],
    plugins: { 'import-x': importX },
    settings: { 'import-x/extensions': ['.ts'], 'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] } },
    rules: {
      complexity: ['error', 10],
      'max-depth': ['error', 3],
      'max-params': ['error', 4],
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      '@stylistic/max-len': ['error', { code: 140, ignoreUrls: true, ignoreRegExpLiterals: true }],
      'no-console': 'error',
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones }]
    }
  },
  { files: ['src/**/*.ts'], ignores: ['src/cli/cluster/**'], rules: { 'no-restricted-imports': ['error', { patterns: [noCluster] }] } },
  { files: pure, rules: { 'no-restricted-imports': ['error', { patterns: [impure, noCluster] }] } },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/server/config.ts', 'src/cli/output/locale.ts'],
    rules: { 'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'src/server/config.ts is the only reader of the environment.' }] }
  }
)
