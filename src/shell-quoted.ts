/** A text as one argument of a POSIX shell: names come from users, and commands are copied. */
export function shellQuoted (text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
