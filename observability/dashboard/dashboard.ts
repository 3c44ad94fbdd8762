import { arrange } from './grid.ts'
import { rows } from './rows.ts'

/**
 * For Grafana 11 and later.
 * Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */
export const dashboard = {
  uid: 'k8s-mtp',
  title: 'k8s-mtp',
  description: 'Tenants and components of k8s-mtp. Documentation: ' +
    'https://github.com/k8s-mtp/k8s-mtp/blob/main/docs/observability.md',
  tags: ['k8s-mtp'],
  schemaVersion: 39,
  version: 1,
  editable: true,
  timezone: 'browser',
  time: { from: 'now-6h', to: 'now' },
  refresh: '1m',
  templating: {
    list: [
      { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
      {
        name: 'tenant',
        label: 'Tenant',
        type: 'query',
        datasource: { type: 'prometheus', uid: '${datasource}' }, // eslint-disable-line no-template-curly-in-string -- for Grafana
        query: { query: 'label_values(k8s_mtp_tenant_info, tenant)', refId: 'tenants' },
        refresh: 2,
        sort: 1,
        multi: true,
        includeAll: true,
        allValue: '.*'
      }
    ]
  },
  annotations: { list: [] },
  panels: arrange(rows)
}

/** Content of chart/files/dashboard.json. */
export const dashboardText = JSON.stringify(dashboard, null, 2) + '\n'
