import { gzipSync } from 'node:zlib'
import { Function as NamedFunction, Line, Location, Profile, Sample, StringTable } from 'pprof-format'
import { expect, test } from 'vitest'
import { sharesOf } from './profile.ts'

const apiserver = 'k8s.io/apiserver/pkg'
const [handler, validate, mutate, match, activate, evaluate] = [
  `${apiserver}/endpoints/handlers.(*RequestScope).ServeHTTP`,
  `${apiserver}/admission/plugin/policy/validating.(*Plugin).Validate`,
  `${apiserver}/admission/plugin/policy/mutating.(*Plugin).Admit`,
  `${apiserver}/admission/plugin/policy/generic.(*matcher).DefinitionMatches`,
  `${apiserver}/admission/plugin/cel.newActivation`,
  'github.com/google/cel-go/cel.(*prog).ContextEval'
]

/** Frames of a stack, the innermost one first. A frame with several functions has all but the last one inlined. */
type Stack = Array<string | string[]>

/** As the API server sends it. */
function profileOf (...samples: Array<[count: number, stack: Stack]>): Uint8Array {
  const stringTable = new StringTable()
  const nanoseconds = (count: number) => 10_000_000 * count
  const functions: NamedFunction[] = []
  const locations: Location[] = []
  const functionId = (name: string): number => {
    const index = stringTable.dedup(name)
    const id = functions.findIndex(each => each.name === index) + 1
    return id > 0 ? id : functions.push(new NamedFunction({ id: functions.length + 1, name: index }))
  }
  const locationId = (frame: string | string[]): number =>
    locations.push(new Location({ id: locations.length + 1, line: [frame].flat().map(name => new Line({ functionId: functionId(name) })) }))
  const sample = samples.map(([count, stack]) => new Sample({ locationId: stack.map(locationId), value: [count, nanoseconds(count)] }))
  return gzipSync(new Profile({ sample, location: locations, function: functions, stringTable }).encode())
}

test('the share is that of samples, not of stacks, over all profiles of a round', () => {
  expect(sharesOf([
    profileOf([6, [handler]], [1, [validate, handler]]),
    profileOf([2, ['runtime.mapaccess1', validate, handler]], [1, ['runtime.gcBgMarkWorker']])
  ]).policies).toBe(3 / 10)
})

test('parts are of all samples, and of the admission by validating policies only', () => {
  expect(sharesOf([profileOf(
    [1, [match, validate, handler]], [2, [activate, validate, handler]], [4, [evaluate, validate, handler]], [1, [validate, handler]],
    [8, [match, mutate, handler]], [8, [activate, mutate, handler]], [8, [evaluate, mutate, handler]]
  )])).toEqual({ policies: 8 / 32, parts: { matching: 1 / 32, conversion: 2 / 32, evaluation: 4 / 32 } })
})

test('a sample of variables that evaluate others counts once', () => {
  expect(sharesOf([profileOf([1, [evaluate, 'callback', evaluate, 'callback', evaluate, validate, validate]], [3, [handler]])]))
    .toMatchObject({ policies: 1 / 4, parts: { evaluation: 1 / 4 } })
})

test('inlined functions are on the stack, wherever they are in their frame', () => {
  expect(sharesOf([profileOf(
    [1, [['runtime.add', activate, 'condition.ForInput'], ['inner', validate]]], [1, [[validate, 'outer'], handler]], [2, [['a', 'b'], handler]]
  )])).toMatchObject({ policies: 2 / 4, parts: { conversion: 1 / 4 } })
})

test('a stack that was cut off above the dispatch of policies is one of their admission', () => {
  const evaluation = Array<string>(62).fill('github.com/google/cel-go/interpreter.(*evalAnd).Exec')
  const cutOff = (name: string): Stack => [...evaluation, evaluate, `${apiserver}/admission/plugin/policy/validating.${name}`]
  expect(sharesOf([profileOf([1, cutOff('(*validator).Validate')], [1, cutOff('(*dispatcher).Dispatch')], [2, [handler]])]))
    .toMatchObject({ policies: 2 / 4, parts: { evaluation: 2 / 4 } })
})

test('functions that set policies up are none of the admission', () => {
  const compile = `${apiserver}/admission/plugin/policy/validating.compilePolicy`
  expect(sharesOf([profileOf([1, [compile]], [1, [handler]])]).policies).toBe(0)
})
