// A thread, so that the test can measure the latency of others meanwhile. Plain JavaScript: threads have no loader.
import { Agent, request } from 'node:https'
import { parentPort, workerData } from 'node:worker_threads'

const { server, ca, requests } = workerData
const agent = new Agent({ ca, keepAlive: true, maxSockets: Infinity })
const statuses = {}
let isOver = false

function send ({ path, headers }) {
  return new Promise(resolve => {
    request(server + path, { agent, headers }, response => {
      response.once('error', () => resolve('aborted'))
      response.resume().once('end', () => resolve(response.statusCode))
    }).once('error', () => resolve('failed')).end()
  })
}

async function repeat (wanted) {
  for (;;) {
    const status = await send(wanted)
    if (isOver) return
    statuses[status] = (statuses[status] ?? 0) + 1
    // As client-go does: the API server asks to retry after a second.
    if (status === 429) await new Promise(resolve => setTimeout(resolve, 1_000))
  }
}

for (const wanted of requests) repeat(wanted)
parentPort.once('message', () => {
  isOver = true
  parentPort.postMessage(statuses)
  agent.destroy()
})
