import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { Profile } from 'pprof-format'
import { createTransport, type Connection } from '../../cluster/transport.ts'

/** Of all samples of CPU profiles. */
export interface Shares {
  /**
   * The admission by ValidatingAdmissionPolicies. Not in it: garbage collection in the background, of what the admission allocates too; and
   * the few evaluations so deep that their stack no longer shows the admission.
   */
  policies: number
  /** Of the same samples. The rest of the admission is in none of them. */
  parts: {
    /** Finds the policies whose match constraints select a request. Match conditions are part of the evaluation. */
    matching: number
    /** Makes the objects of a request readable for CEL. */
    conversion: number
    /** Of match conditions, variables, validations and messages. */
    evaluation: number
  }
}

/**
 * Functions on the stack during the admission. The last two are for stacks that lack the first: Go keeps the 64 innermost functions.
 * Source: runtime/cpuprof.go
 */
const admission = ['(*Plugin).Validate', '(*dispatcher).Dispatch', '(*validator).Validate']
  .map(name => `k8s.io/apiserver/pkg/admission/plugin/policy/validating.${name}`)

/** Other admission has these functions too, such as that by policies that mutate. */
const functionsOfParts = {
  matching: 'k8s.io/apiserver/pkg/admission/plugin/policy/generic.(*matcher).DefinitionMatches',
  conversion: 'k8s.io/apiserver/pkg/admission/plugin/cel.newActivation',
  evaluation: 'github.com/google/cel-go/cel.(*prog).ContextEval'
}

/** The API server sends a profile after its last second only: short ones end soon after the work, and have few samples of an idle server. */
const secondsOfProfile = 2

/** Takes CPU profiles of the API server, one after another, until the work ends. */
export async function profiled<T> (connection: Connection, work: () => Promise<T>): Promise<[result: T, profiles: Uint8Array[]]> {
  const transport = createTransport(connection)
  const profiles: Uint8Array[] = []
  const ended = new AbortController()
  const profile = async (): Promise<void> => {
    while (!ended.signal.aborted) profiles.push(await buffer(await transport.open(`/debug/pprof/profile?seconds=${secondsOfProfile}`)))
  }
  try {
    const [, result] = await Promise.all([profile(), work().finally(() => { ended.abort() })])
    return [result, profiles]
  } finally {
    await transport.close()
  }
}

/** @param profiles as the API server sends them */
export function sharesOf (profiles: readonly Uint8Array[]): Shares {
  const samples = profiles.flatMap(profile => samplesOf(Profile.decode(gunzipSync(profile))))
  const admitting = samples.filter(({ stack }) => admission.some(name => stack.has(name)))
  const share = (some: readonly Sample[]) => countOf(some) / countOf(samples)
  const part = (name: string) => share(admitting.filter(({ stack }) => stack.has(name)))
  const { matching, conversion, evaluation } = functionsOfParts
  return { policies: share(admitting), parts: { matching: part(matching), conversion: part(conversion), evaluation: part(evaluation) } }
}

interface Sample { count: number, stack: ReadonlySet<string> }

/** A location has a line for each function that is inlined there. Source: github.com/google/pprof/proto/profile.proto */
function samplesOf ({ sample, location, function: named, stringTable: { strings } }: Profile): Sample[] {
  const names = new Map(named.map(({ id, name }) => [Number(id), strings[Number(name)] ?? '']))
  const inlined = new Map(location.map(({ id, line }) => [Number(id), line.map(({ functionId }) => names.get(Number(functionId)) ?? '')]))
  // Of the values of a CPU profile of Go, the first is the count of samples, and the second their time.
  return sample.map(({ locationId, value: [count = 0] }) =>
    ({ count: Number(count), stack: new Set(locationId.flatMap(id => inlined.get(Number(id)) ?? [])) }))
}

const countOf = (samples: readonly Sample[]): number => samples.reduce((sum, { count }) => sum + count, 0)
