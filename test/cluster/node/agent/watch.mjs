// Connects to an address by TCP every 20 ms, for a time. Arguments: host, port, milliseconds. Prints "ready", then a JSON list with the
// moment of each attempt that was answered, in milliseconds since 1970.
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const [host, port, duration] = process.argv.slice(2)
const answered = []
console.log('ready')
for (const end = Date.now() + Number(duration); Date.now() < end; await sleep(20)) {
  const started = Date.now()
  const socket = connect({ host, port: Number(port) })
  socket.setTimeout(200, () => socket.destroy())
  socket.on('error', () => {})
  socket.on('connect', () => { answered.push(started); socket.destroy() })
}
await sleep(300)
console.log(JSON.stringify(answered))
