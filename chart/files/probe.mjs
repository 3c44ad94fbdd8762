// helm test: calls the probes and metrics of the hook. In JavaScript, since the image has neither a shell nor curl.
import http from 'node:http'
import https from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'

const { K8S_MTP_URL: origin, K8S_MTP_CA: ca } = process.env

/** Resolves with status and body. Rejects after 5 seconds without a response, and for an untrusted certificate. */
function get (path) {
  return new Promise((resolve, reject) => {
    const url = new URL(path, origin)
    const client = url.protocol === 'https:' ? https : http
    const request = client.get(url, { ca, timeout: 5000 }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', part => { text += part }).on('end', () => resolve({ status: response.statusCode, text }))
    })
    request.on('timeout', () => request.destroy(new Error('no response within 5 seconds'))).on('error', reject)
  })
}

/** After a change, nodes take seconds until they connect the Service with the pods that are ready. */
const deadline = Date.now() + 10_000

async function getWhenConnected (path) {
  for (;;) {
    try {
      return await get(path)
    } catch (error) {
      if (error.code !== 'ECONNREFUSED' || Date.now() > deadline) {
        console.error(`${origin}${path} cannot be reached: ${error.message}. Check that pods of the hook are ready.`)
        process.exit(1)
      }
      await sleep(500)
    }
  }
}

for (const [path, content] of [['/healthz', 'ok'], ['/readyz', 'ok'], ['/metrics', 'k8s_mtp_build_info']]) {
  const { status, text } = await getWhenConnected(path)
  if (status !== 200 || !text.includes(content)) {
    console.error(`${origin}${path} responds with ${status}, expected 200 and ${content}: ${text.slice(0, 200)}`)
    process.exit(1)
  }
  console.log(`${origin}${path}: ok`)
}
