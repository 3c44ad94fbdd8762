/** A panel without its position, which the grid assigns. */
export interface Panel {
  title: string
  /** How to read the panel. */
  description: string
  kind: 'timeseries' | 'stacked' | 'stat' | 'table' | 'bars'
  /** In columns, of 24. */
  width: number
  /** A unit of Grafana: https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts */
  unit: string
  queries: readonly Query[]
  /** Threshold for the color orange. */
  orangeFrom?: number
  decimals?: number
  /** Text instead of "No data". */
  empty?: string
}

/** A PromQL query and the names of its lines. */
export interface Query {
  expr: string
  /** May contain labels in {{ }}. */
  legend?: string
}

/** Position in Grafana's grid: column, line, width and height. */
export interface Position { x: number, y: number, w: number, h: number }

/** A variable of the dashboard. */
const datasource = { type: 'prometheus', uid: '${datasource}' } // eslint-disable-line no-template-curly-in-string -- for Grafana

const types = { timeseries: 'timeseries', stacked: 'timeseries', stat: 'stat', table: 'table', bars: 'bargauge' } as const

/** Returns the panel in Grafana's JSON model. */
export function panelJson (panel: Panel, id: number, gridPos: Position): object {
  const { title, description, kind, unit, queries, orangeFrom, decimals, empty } = panel
  const isInstant = kind !== 'timeseries' && kind !== 'stacked'
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
      ...(isInstant ? { instant: true } : { range: true }),
      ...(kind === 'table' && { format: 'table' })
    })),
    fieldConfig: {
      defaults: {
        unit,
        ...(decimals !== undefined && { decimals }),
        ...(empty !== undefined && { noValue: empty }),
        thresholds: {
          mode: 'absolute',
          steps: [
            { color: 'green', value: null },
            ...(orangeFrom === undefined ? [] : [{ color: 'orange', value: orangeFrom }])
          ]
        },
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
