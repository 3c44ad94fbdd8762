import { Type, type Static } from '@sinclair/typebox'

export const NotReadable = Type.Array(Type.String(), {
  description: 'What the caller may not read, in the words of the API server. The output is incomplete by it.'
})
export type NotReadable = Static<typeof NotReadable>
