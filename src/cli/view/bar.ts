/** Eighths of a cell, from none to a full one. */
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█']

/**
 * A bar of a percentage, which ends at 100 %.
 * @param isUnicode false for terminals that show other text than UTF-8
 */
export function bar (percent: number, width: number, isUnicode: boolean): string {
  const share = Math.min(Math.max(percent, 0), 100) / 100
  if (!isUnicode) return `[${'#'.repeat(Math.round(share * width)).padEnd(width, '.')}]`
  const filled = Math.round(share * width * 8)
  // A use above 0 shows.
  const shown = percent > 0 && filled === 0 ? 1 : filled
  return ('█'.repeat(Math.floor(shown / 8)) + (eighths[shown % 8] ?? '')).padEnd(width, '░')
}
