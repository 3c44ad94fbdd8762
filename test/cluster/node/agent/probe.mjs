// Tries each target from where it runs, all at once. Arguments: a JSON list of { protocol: tcp, udp or dns, host, port }. Prints a JSON list of
// what came of each, in order: the answer, or the error's code; "timeout" where no packet came back.
import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { connect } from 'node:net'

// A lost packet of a TCP connection is sent again after 1 s, and once more after 3 s.
const patience = 3500

function tcp ({ host, port }) {
  return new Promise(resolve => {
    let answer = 'connected'
    const socket = connect({ host, port })
    const end = setTimeout(() => { socket.destroy(); resolve('timeout') }, patience)
    // A server that waits for its client to send something has answered too.
    socket.on('connect', () => { clearTimeout(end); setTimeout(() => socket.destroy(), 300) })
    socket.on('data', data => { answer = String(data) })
    socket.on('error', error => { clearTimeout(end); resolve(error.code) })
    socket.on('close', () => resolve(answer))
  })
}

function udp ({ host, port }) {
  return new Promise(resolve => {
    const socket = createSocket('udp4')
    const done = result => { clearInterval(again); clearTimeout(end); socket.close(); resolve(result) }
    const send = () => socket.send('?', port, host, error => { if (error) done(error.code) })
    // One packet alone may be lost.
    const again = setInterval(send, 300)
    const end = setTimeout(() => done('timeout'), patience)
    socket.on('message', message => done(String(message)))
    socket.on('error', error => done(error.code))
    send()
  })
}

async function dns ({ host, port }) {
  const resolver = new Resolver({ timeout: patience, tries: 1 })
  resolver.setServers([`${host}:${port}`])
  try {
    return (await resolver.resolve4('kubernetes.default.svc.cluster.local')).join(',')
  } catch (error) {
    return error.code === 'ETIMEOUT' ? 'timeout' : error.code
  }
}

const protocols = { tcp, udp, dns }
console.log(JSON.stringify(await Promise.all(JSON.parse(process.argv[2]).map(target => protocols[target.protocol](target)))))
