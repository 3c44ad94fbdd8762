// Listens on TCP and UDP ports, and answers each message with the name of its pod: what pods of tests run. Arguments: addresses and ports,
// such as 8080 or 203.0.113.10:80. With STAY set it ignores SIGTERM.
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

const { HOSTNAME: name = '', STAY: stays = '' } = process.env
for (const [host, port] of process.argv.slice(2).map(argument => argument.includes(':') ? argument.split(':') : ['0.0.0.0', argument])) {
  createServer(socket => {
    socket.on('error', () => {})
    socket.end(name)
  }).listen(Number(port), host)
  const udp = createSocket('udp4')
  udp.on('message', (_, { port: from, address }) => udp.send(name, from, address))
  udp.bind(Number(port), host)
}
process.on('SIGTERM', () => { if (stays === '') process.exit(0) })
