export interface Line { name: string, points: Array<readonly [x: number, y: number]> }

const [width, height, left, bottom, top] = [560, 300, 52, 40, 30]
/** Of Okabe and Ito: told apart by people with any colour vision, on light and dark. */
const colours = ['#0072B2', '#D55E00', '#009E73', '#CC79A7']

/** A line chart as SVG, whose text and axes follow the colours of the reader. */
export function chart (title: string, unit: string, lines: readonly Line[]): string {
  const points = lines.flatMap(line => line.points)
  const [maxX, maxY] = [Math.max(1, ...points.map(([x]) => x)), Math.max(1e-9, ...points.map(([, y]) => y))]
  const at = ([x, y]: readonly [number, number]) =>
    [left + (width - left - 120) * x / maxX, height - bottom - (height - bottom - top) * y / maxY].map(value => value.toFixed(1))
  const text = (x: number | string, y: number | string, content: string, extra = '') => `<text x="${x}" y="${y}"${extra}>${content}</text>`
  const xs = [...new Set(points.map(([x]) => x))]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}" font-family="sans-serif" font-size="12">`,
    '<style>text{fill:#24292f}path.axis{stroke:#8c959f;fill:none}@media(prefers-color-scheme:dark){text{fill:#e6edf3}}</style>',
    text(left, 16, `${title}, ${unit}`, ' font-weight="bold"'),
    `<path class="axis" d="M${left} ${top}V${height - bottom}H${width - 120}"/>`,
    ...xs.map(x => { const [px = 0] = at([x, 0]); return text(px, height - bottom + 16, String(x), ' text-anchor="middle"') }),
    text((left + width - 120) / 2, height - 6, 'Tenants', ' text-anchor="middle"'),
    ...[0, maxY / 2, maxY].map(y => { const [, py = 0] = at([0, y]); return text(left - 6, py, String(Number(y.toPrecision(2))), ' text-anchor="end"') }),
    ...lines.flatMap(({ name, points }, index) => {
      const colour = colours[index % colours.length]
      const placed = points.map(at)
      const [x = 0, y = 0] = placed.at(-1) ?? []
      return [
        `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${placed.map(point => point.join(',')).join(' ')}"/>`,
        ...placed.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3" fill="${colour}"/>`),
        text(Number(x) + 8, Number(y) + 4, name)
      ]
    }),
    '</svg>', ''
  ].join('\n')
}
