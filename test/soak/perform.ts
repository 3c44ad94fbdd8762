import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError, isAlreadyExists } from '../cluster/api-error.ts'
import type { KubeClient } from '../cluster/client.ts'
import { breakGlass } from '../bench/scale/tenants.ts'
import { repeated } from './ledger.ts'
import type { Operation, Outcome, Request } from './operation.ts'

/** How long a request is repeated without a final response: the API server may be down. */
const TIMEOUT = 120_000

/** How long an unexpected refusal is repeated: after a start of the API server, its policies read their parameters. */
const SETTLING = 10_000

const FIELD_MANAGER = 'soak'

export interface Result { outcome: Outcome, message: string }

/** Sends the requests of an operation, repeating those without a final response; each may be repeated without another effect. */
export async function perform (client: KubeClient, { actor, requests, expected }: Operation): Promise<Result> {
  const sender = actor === 'admin' ? client : breakGlass(client)
  let result: Result = { outcome: 'admitted', message: '' }
  for (const request of requests) {
    const since = Date.now()
    if (expected.includes('refused') && await isBeingDeleted(client, request)) return { outcome: 'missing', message: 'is being deleted already' }
    let next = await sendFinally(sender, request)
    while (!expected.includes(next.outcome) && next.outcome !== 'admitted' && Date.now() - since < SETTLING) {
      await sleep(500)
      next = await sendFinally(sender, request)
    }
    if (next.outcome !== 'admitted') result = next
  }
  return result
}

/** Another deletion changes nothing, so guardrails allow it. */
async function isBeingDeleted (client: KubeClient, request: Request): Promise<boolean> {
  if (request.verb !== 'delete') return false
  const object = await repeated(() => client.find(request.ref))
  return object?.metadata.deletionTimestamp !== undefined
}

async function sendFinally (client: KubeClient, request: Request): Promise<Result> {
  const deadline = Date.now() + TIMEOUT
  for (;;) {
    try {
      await send(client, request)
      return { outcome: 'admitted', message: '' }
    } catch (error) {
      const result = resultOf(error, request)
      if (result !== undefined) return result
      if (Date.now() > deadline) throw error
      await sleep(250)
    }
  }
}

async function send (client: KubeClient, request: Request): Promise<unknown> {
  switch (request.verb) {
    case 'create': return client.create(request.object)
    case 'apply': return client.apply(request.object, { fieldManager: FIELD_MANAGER, force: true })
    case 'patch': return client.patch(request.ref, request.patch, { type: request.type })
    case 'delete': return client.delete(request.ref, request.options)
  }
}

/**
 * Of an API server that has just started: admission finds the kinds of parameters only with the next discovery, every 30 s.
 * Source: discoveryRESTMapper in pkg/server/options/admission.go of k8s.io/apiserver
 */
const isStarting = /not yet ready|could not find the requested resource|failed to configure policy/

/** Undefined for a response that is not final. */
function resultOf (error: unknown, { verb }: Request): Result | undefined {
  if (!(error instanceof ApiError)) return undefined
  const { code, message } = error
  // The first attempt may have succeeded without a response.
  if (verb === 'create' && isAlreadyExists(error) && !/object is being deleted/.test(message)) return { outcome: 'admitted', message }
  if (code >= 500 || [401, 409, 429].includes(code) || isStarting.test(message)) return undefined
  return { outcome: outcomeOf(code, message), message }
}

/** Until a namespace has its WorkloadPolicy, which waits for the quotas, guardrails find no parameters: the namespace is not complete yet. */
function outcomeOf (code: number, message: string): Outcome {
  if (code === 404 || /is being terminated|no params found/.test(message)) return 'missing'
  return /ValidatingAdmissionPolicy/.test(message) ? 'refused' : 'invalid'
}
