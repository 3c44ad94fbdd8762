import { mapIn, quoted } from '../cel.ts'
import { isListed } from './parameter.ts'

interface NamedClass {
  /** The field of the spec that names the class. */
  field: string
  /** The annotation that came before the field, and that is obeyed still. */
  annotation: string
  /** Of the parameter, what may be named. */
  list: string
}

/** The classes that an object names, by its field and by its old annotation, those that it named before, and those that are not listed. */
export function namedClasses ({ field, annotation, list }: NamedClass): Record<string, string> {
  const key = quoted(annotation)
  const classesIn = (object: string) => `
    (${object} != null && has(${object}.spec.${field}) ? [${object}.spec.${field}] : [])
    + (${key} in ${mapIn(object, 'annotations')} ? [${object}.metadata.annotations[${key}]] : [])`
  return {
    classes: classesIn('object'),
    classesBefore: classesIn('oldObject'),
    refused: `variables.classes.filter(name, !${isListed('name', list)} && !(name in variables.classesBefore))`
  }
}
