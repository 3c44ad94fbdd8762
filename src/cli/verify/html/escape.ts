import { escapeControls } from '../../output/print.ts'

/** Text that is HTML already. */
export interface Html { html: string }

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Escapes text for the content of an element, and for an attribute in quotes. Names and messages are of others. */
export function escapeHtml (text: string): string {
  return escapeControls(text).replaceAll(/[&<>"']/g, character => entities[character] ?? '')
}

/** Builds HTML of a template whose values are escaped, unless they are HTML. */
export function html (parts: TemplateStringsArray, ...values: ReadonlyArray<string | number | Html | readonly Html[]>): Html {
  return { html: parts.reduce((text, part, index) => text + textOf(values[index - 1] ?? '') + part) }
}

function textOf (value: string | number | Html | readonly Html[]): string {
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value))
  return 'html' in value ? value.html : value.map(each => each.html).join('')
}
