// helm test: calls the probes and metrics of the hook. In JavaScript, since the image has neither a shell nor curl.
import http from 'node:http'
import https from 'node:https'

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

for (const [path, content] of [['/healthz', 'ok'], ['/readyz', 'ok'], ['/metrics', 'k8s_mtp_build_info']]) {
  const { status, text } = await get(path)
  if (status !== 200 || !text.includes(content)) {
    console.error(`${origin}${path} responds with ${status}, expected 200 and ${content}: ${text.slice(0, 200)}`)
    process.exit(1)
  }
  console.log(`${origin}${path}: ok`)
}
