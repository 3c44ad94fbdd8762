/** Writes a line for whoever has asked. */
export function print (text: string): void {
  process.stdout.write(`${text}\n`)
}
