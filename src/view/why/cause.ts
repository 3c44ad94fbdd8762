import { Type, type Static } from '@sinclair/typebox'
import { docsAddress } from '../../api/group.ts'

export const Cause = Type.Object({
  object: Type.String({ description: 'What it is about: Tenant acme, Namespace tenant-acme-shop, Deployment tenant-acme-shop/web.' }),
  reason: Type.String({ description: 'In one word. That of a condition or event, where there is one.' }),
  message: Type.String({ description: 'What is wrong, and what to do.' }),
  commands: Type.Array(Type.String(), { description: 'To run next. Some need a member of a break-glass group, as the message says.' }),
  page: Type.String({ description: 'The address of the page about it.' })
}, { description: 'One cause, with the way out.' })
export type Cause = Static<typeof Cause>

export const pageOf = (path: string): string => `${docsAddress}/${path}`
export const pageOfReason = (reason: string): string => pageOf(`reference/reasons.md#${reason.toLowerCase()}`)
