import { coloured, type Style } from './colour.ts'

/**
 * Control characters except line breaks and tabs, and those that separate lines or change the direction of text. A
 * terminal would obey them, and names of users and values of fields may have them. Source: https://cwe.mitre.org/data/definitions/150.html
 */
// eslint-disable-next-line no-control-regex -- these are what must not be printed
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Replaces characters that control a terminal by `\u001b` and the like, which JSON takes as well. */
export function escapeControls (text: string): string {
  return text.replaceAll(unsafe, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Escapes line breaks too: a name with one would print a line of its own, which CI systems may obey. */
export function onOneLine (text: string): string {
  return text.replaceAll('\n', '\\n')
}

/** Text as it is, or with a colour on terminals that have colours. */
export type Part = string | { style: Style, text: string }

/** Prints a line, or several in one part. */
export function print (...parts: readonly Part[]): void {
  process.stdout.write(`${parts.map(part => render(part, process.stdout)).join('')}\n`)
}

/** Prints lines, each of parts. */
export function printLines (lines: ReadonlyArray<readonly Part[]>): void {
  lines.forEach(parts => print(...parts))
}

/** Prints each line with its severity, as compilers and kubectl do. */
export function printError (text: string): void {
  printSevere({ style: 'red', text: 'error: ' }, text)
}

/** Prints each line with its severity. */
export function printWarning (text: string): void {
  printSevere({ style: 'yellow', text: 'warning: ' }, text)
}

function printSevere (severity: Part, text: string): void {
  const prefix = render(severity, process.stderr)
  process.stderr.write(text.split('\n').map(line => `${prefix}${escapeControls(line)}\n`).join(''))
}

/** Colours are added after the escapes, which would make them visible. */
function render (part: Part, stream: NodeJS.WriteStream): string {
  return typeof part === 'string' ? escapeControls(part) : coloured(part.style, escapeControls(part.text), stream)
}
