/** What a panel shows; where it stands comes of the grid. */
export interface Panel {
  title: string
  /** What to make of it, for somebody who sees it for the first time. */
  description: string
  kind: 'timeseries' | 'stacked' | 'stat' | 'table' | 'bars'
  /** Of 24 columns. */
  width: number
  /** Of Grafana: https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts */
  unit: string
  queries: readonly Query[]
  /** From this value on it is orange. */
  worrying?: number
  decimals?: number
  /** Instead of "No data". */
  empty?: string
}

/** What is asked, and how its lines are called. */
export interface Query {
  expr: string
  /** With labels in {{ }}. */
  legend?: string
}

/** In Grafana's grid: column, line, width and height. */
export interface Position { x: number, y: number, w: number, h: number }

/** Whoever looks chooses it: none is written into the dashboard. */
const datasource = { type: 'prometheus', uid: '${datasource}' } // eslint-disable-line no-template-curly-in-string -- Grafana puts it in

const types = { timeseries: 'timeseries', stacked: 'timeseries', stat: 'stat', table: 'table', bars: 'bargauge' } as const

/** A panel as Grafana reads it. */
export function panelJson ({ title, description, kind, unit, queries, worrying, decimals, empty }: Panel, id: number, gridPos: Position): object {
  const isNow = kind !== 'timeseries' && kind !== 'stacked'
  return {
    id,
    type: types[kind],
    title,
    description,
    datasource,
    gridPos,
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      datasource,
      expr,
      ...(legend !== undefined && { legendFormat: legend }),
      ...(isNow ? { instant: true } : { range: true }),
      ...(kind === 'table' && { format: 'table' })
    })),
    fieldConfig: {
      defaults: {
        unit,
        ...(decimals !== undefined && { decimals }),
        ...(empty !== undefined && { noValue: empty }),
        thresholds: { mode: 'absolute', steps: [{ color: 'green', value: null }, ...(worrying === undefined ? [] : [{ color: 'orange', value: worrying }])] },
        ...(kind === 'stacked' && { custom: { stacking: { mode: 'normal' }, fillOpacity: 30 } }),
        ...(kind === 'bars' && { min: 0, max: 1 })
      },
      overrides: []
    },
    ...options[types[kind]]
  }
}

const lastValue = { reduceOptions: { calcs: ['lastNotNull'] } }

const options = {
  timeseries: { options: { tooltip: { mode: 'multi', sort: 'desc' }, legend: { displayMode: 'list', placement: 'bottom' } } },
  stat: { options: { ...lastValue, colorMode: 'value', graphMode: 'none' } },
  bargauge: { options: { ...lastValue, orientation: 'horizontal', displayMode: 'basic' } },
  table: {
    options: { sortBy: [{ displayName: 'Value', desc: true }] },
    transformations: [{ id: 'organize', options: { excludeByName: { Time: true } } }]
  }
}
