import { fieldOf } from '../cel.ts'
import { inEmergency } from '../conditions.ts'
import type { Guardrail, Parties } from '../guardrail.ts'

/** Far more than the 1024 bytes that events.k8s.io accepts in its longest field. */
const maxCharacters = 8192
const maxEntries = 64
/** At each level of the field ownership, in all entries together. */
const maxNames = 256

const sizeOf = (value: string) => `(type(${value}) == string ? size(${value}) : 0)`
const sizeOfMap = (map: string) => `${map}.map(key, size(key) + ${sizeOf(`${map}[key]`)}).sum()`
/** The names in the field ownership of a manager, which clients may write. An event has three levels; deeper ones are too many. */
const ownership = (fields: string) => `
  ${fields}.map(a, size(a) + ${fields}[a].map(b, size(b) + ${fields}[a][b].map(c, size(c)
  + (${fields}[a][b][c].size() == 0 ? 0 : ${maxCharacters + 1})).sum()).sum()).sum()`
/** How many names a level has, without reading them. */
const namesAt = [
  'variables.ownership.map(fields, fields.size()).sum()',
  'variables.ownership.map(fields, fields.map(a, fields[a].size()).sum()).sum()',
  'variables.ownership.map(fields, fields.map(a, fields[a].map(b, fields[a][b].size()).sum()).sum()).sum()'
]
const list = (field: string) => fieldOf('variables.now', `metadata.${field}`)

/**
 * Quotas do not count events, and the API server bounds only the new API of events, so one could take more than a megabyte of etcd.
 * It deletes them after an hour. Lists are counted first: summing up their sizes has a cost limit.
 * Source: https://kubernetes.io/docs/concepts/policy/resource-quotas/
 */
export const events = (parties: Parties): Guardrail => ({
  name: 'k8s-mtp-workloads-events',
  purpose: 'Events are small, since no quota counts them.',
  resources: [{ group: '', resources: ['events'], operations: ['CREATE', 'UPDATE'] }],
  variables: {
    lists: `
      [variables.labelsNow.size(), variables.annotationsNow.size()]
      + [${['finalizers', 'ownerReferences', 'managedFields'].map(field => `${list(field)}.size()`).join(', ')}]`,
    ownership: `${list('managedFields')}.filter(entry, has(entry.fieldsV1)).map(entry, entry.fieldsV1)`,
    hasFewEntries: [
      `variables.lists.all(entries, entries <= ${maxEntries})`, ...namesAt.map(count => `${count} <= ${maxNames}`)
    ].join(' && '),
    characters: `
      variables.now.map(field, field == 'metadata' ? 0
        : type(variables.now[field]) == map ? ${sizeOfMap('variables.now[field]')} : ${sizeOf('variables.now[field]')}).sum()
      + size(variables.now.metadata.name) + size(${fieldOf('variables.now', 'metadata.generateName', "''")})
      + ${sizeOfMap('variables.labelsNow')} + ${sizeOfMap('variables.annotationsNow')}
      + ${list('finalizers')}.map(name, size(name)).sum()
      + ${list('ownerReferences')}.map(owner, ${sizeOfMap('owner')}).sum()
      + ${list('managedFields')}.map(entry, ${sizeOfMap('entry')}).sum()
      + variables.ownership.map(fields, ${ownership('fields')}).sum()`
  },
  rules: {
    entries: {
      refuses: `an event with more than ${maxEntries} labels, annotations, finalizers, owners or field managers, ` +
        `or ${maxNames} managed fields`,
      expression: 'variables.hasFewEntries',
      message: `an event may have ${maxEntries} labels, annotations, finalizers, owners and field managers each, ` +
        `and ${maxNames} managed fields. Remove some`
    },
    size: {
      refuses: `an event with more than ${maxCharacters} characters in its fields and metadata, field managers included`,
      expression: `!variables.hasFewEntries || variables.characters <= ${maxCharacters}`,
      message: `the event has {string(variables.characters)} characters, and may have ${maxCharacters}. ` +
        `Shorten its message or annotations; ${inEmergency(parties)}`
    }
  }
})
