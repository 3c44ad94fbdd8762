/** Text of the input, such as a name: it is data, and must never be read as markup or as a line of its own. */
export interface Quoted {
  quoted: string
  /** True for a text with entries, `a, b`, that must not lose them. */
  isList?: boolean
}
export type Words = Array<string | Quoted>

/** A line about a change, with what it means for the reader. */
export interface Line {
  sign: 'danger' | 'more' | 'less' | 'change' | 'note'
  words: Words
}

/** Marks all values as data: words`opens ${path}`. */
export function words (texts: TemplateStringsArray, ...values: Array<string | Words>): Words {
  return texts.flatMap((text, index): Words => {
    const value = values[index]
    const data: Words = value === undefined ? [] : Array.isArray(value) ? value : [{ quoted: value }]
    return [...(text === '' ? [] : [text]), ...data]
  })
}

/** The first of some texts, and the number of the others. */
export function listed (texts: readonly string[], max: number): Words {
  const shown = texts.slice(0, max).flatMap((text, index): Words => [...(index === 0 ? [] : [', ']), { quoted: text }])
  return texts.length > max ? [...shown, ` and ${texts.length - max} more`] : shown
}

/** The first lines, and the number of the others. */
export function firstLines (lines: readonly Line[], max: number, noun: string): Line[] {
  const hidden = lines.length - max
  return hidden > 0 ? [...lines.slice(0, max), { sign: 'note', words: [`and ${hidden} more ${noun}`] }] : [...lines]
}
