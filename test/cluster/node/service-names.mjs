// Preloaded into the processes of pods and engines (node --import): here are no DNS and no Service addresses, so that connections
// to `name.namespace.svc:port` go to the port on 127.0.0.1 where service.ts forwards them. Names stay as they are for TLS.
import net from 'node:net'
import process from 'node:process'

/** `name.namespace.svc:port` to a port. */
const services = JSON.parse(process.env.K8S_MTP_TEST_SERVICES ?? '{}')
const { connect } = net.Socket.prototype

net.Socket.prototype.connect = function (...args) {
  // From net.connect comes a list that has been brought in form already.
  const options = Array.isArray(args[0]) ? args[0][0] : args[0]
  const port = services[`${String(options?.host).replace(/\.cluster\.local$/, '')}:${options?.port}`]
  if (port !== undefined) Object.assign(options, { host: '127.0.0.1', port })
  return connect.apply(this, args)
}
