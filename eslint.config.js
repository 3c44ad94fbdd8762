import neostandard from 'neostandard'
import tseslint from 'typescript-eslint'

/** The domain and the API types know nothing of HTTP, files, processes or the environment. */
const pure = {
  patterns: [
    { group: ['node:*', '!node:crypto', 'fastify', '@fastify/*', 'pino', 'prom-client', 'commander', 'yaml', '@kubernetes/*'], message: 'This layer is pure: take it as an argument.' },
    { group: ['**/server/**', '**/cli/**', '**/hook/**'], message: 'Dependencies point inwards: cli, http -> hook -> tenancy, access, guardrails -> api.' }
  ]
}

const client = '@kubernetes/client-node'

/** What decides about adopting and releasing is as pure; it may ask the hook's own functions. */
const pureAdoption = {
  patterns: [
    { group: pure.patterns[0].group, message: 'This layer is pure: take it as an argument.' },
    { group: ['**/server/**', '**/cli/**'], message: 'Dependencies point inwards: cli -> adoption -> hook -> tenancy -> api.' }
  ]
}

/** Whoever serves or renders has no business with a cluster: no credentials, and half a second less to start. */
const noCluster = { paths: [{ name: client, message: 'Only src/cli/cluster talks to a cluster.' }] }

export default tseslint.config(
  { ignores: ['dist/**', 'crds/**', 'guardrails/**', 'rbac/**', 'docs/**'] },
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
    rules: {
      complexity: ['error', 10],
      'max-depth': ['error', 3],
      'max-params': ['error', 4],
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'no-console': 'error'
    }
  },
  { files: ['src/**/*.ts'], ignores: ['src/cli/cluster/**'], rules: { 'no-restricted-imports': ['error', noCluster] } },
  { files: ['src/adoption/**/*.ts'], rules: { 'no-restricted-imports': ['error', pureAdoption] } },
  { files: ['src/api/**/*.ts', 'src/tenancy/**/*.ts', 'src/guardrails/**/*.ts', 'src/rbac/**/*.ts'], rules: { 'no-restricted-imports': ['error', pure] } },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/server/config.ts'],
    rules: { 'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'src/server/config.ts is the only reader of the environment.' }] }
  }
)
