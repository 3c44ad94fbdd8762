import { styleText } from 'node:util'

export type Style = Extract<Parameters<typeof styleText>[0], string>

type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'hasColors'>

/**
 * Colours text for a terminal; leaves it as it is elsewhere, where the terminal has no colours, and where NO_COLOR is set.
 * Sources: https://no-color.org, https://nodejs.org/api/tty.html#writestreamgetcolordepthenv
 */
export function coloured (style: Style, text: string, stream: Stream): string {
  return stream.isTTY && stream.hasColors() ? styleText(style, text, { validateStream: false }) : text
}
