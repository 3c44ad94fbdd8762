import { test } from 'vitest'
import { createClass } from './classes.ts'
import { platform } from './context.ts'
import { allRows, runRows, nameOf, type Outcome } from './drift-rows.ts'
import { expectPageLists, writePage } from './drift-page.ts'
import { readyTenant } from './tenants.ts'

/** Tenants at once: faster than one after the other, and few enough not to slow down corrections. */
const batch = 40

/** Every kind of peer and port, allowed and chosen. */
const allow = {
  ingress: [{ peers: [{ namespace: 'monitoring', podLabels: { app: 'prometheus' } }], ports: [{ protocol: 'TCP', port: 9090 }] }],
  egress: [{ peers: [{ cidr: '192.0.2.0/24', except: ['192.0.2.128/25'] }], ports: [{ protocol: 'TCP', port: 5432, endPort: 5439 }] }]
}

test('corrects and reports a change of any field of any kind, and writes nothing afterwards', async () => {
  const className = await createClass({
    namespaceMetadata: {
      labels: { 'team.example/cost': 'a1' },
      annotations: { 'team.example/owner': 'team a' },
      reservedPrefixes: ['team.example/']
    },
    overrides: { network: { allow, peers: true } }
  })
  const admins = [
    { kind: 'User', name: 'ada@acme.example' },
    { kind: 'Group', name: 'acme-leads' },
    { kind: 'ServiceAccount', name: 'deployer', namespace: 'ci' }
  ]
  const spec = { className, admins, network: { allow, peers: [{ tenant: 'globex' }] } }
  const rows = await allRows(await readyTenant(spec))
  const start = performance.now()
  const outcomes: Outcome[] = []
  for (let first = 0; first < rows.length; first += batch) outcomes.push(...await runRows(rows.slice(first, first + batch), spec))

  const times = outcomes.flatMap(outcome => outcome.result === 'corrected' ? [outcome.milliseconds] : []).sort((a, b) => a - b)
  console.log(`${outcomes.length} rows in ${Math.round(
    (performance.now() - start) / 1000
  )} s: ${times.length} corrected, median ${times[times.length >> 1]} ms, worst ${times.at(-1)} ms; ` +
    `without effect: ${outcomes.filter(({ result }) => result !== 'corrected').map(outcome => `${nameOf(outcome)} ${outcome.result}`).join(
      '; '
    )}`)
  const { engine: { strategy } } = platform()
  if (process.env['K8S_MTP_WRITE_DOCS'] === '1') writePage(strategy, outcomes)
  else expectPageLists(strategy, outcomes)
}, 600_000)
