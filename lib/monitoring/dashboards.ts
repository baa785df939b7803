import { DATASOURCE_UID } from './grafana';

/** A dashboard as a file of Grafana's JSON model. */
export interface Dashboard {
  /** File name without directory. */
  readonly file: string;
  readonly json: string;
}

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly queries: readonly { readonly expr: string; readonly legend: string }[];
}

const HTTP_RATE = 'rate(tars_http_requests_total[5m])';
const LATENCY = 'rate(tars_http_request_duration_seconds_bucket[5m])';
const quantile = (q: number): string => `histogram_quantile(${q}, sum by (le) (${LATENCY}))`;

/** Dashboards of the system, one for each question of its contract. */
const DASHBOARDS: readonly { readonly name: string; readonly title: string; readonly panels: readonly Panel[] }[] = [
  {
    name: 'cluster-health',
    title: 'Cluster health',
    panels: [
      { title: 'Targets up', unit: 'short', queries: [{ expr: 'sum by (job) (up)', legend: '{{job}}' }] },
      {
        title: 'Uptime',
        unit: 's',
        queries: [{ expr: 'time() - process_start_time_seconds', legend: '{{job}} {{instance}}' }],
      },
    ],
  },
  {
    name: 'pod-distribution',
    title: 'Pod distribution',
    panels: [
      {
        title: 'Replicas by component',
        unit: 'short',
        queries: [{ expr: 'count by (job) (up == 1)', legend: '{{job}}' }],
      },
      {
        title: 'Requests by replica',
        unit: 'reqps',
        queries: [{ expr: `sum by (instance) (${HTTP_RATE})`, legend: '{{instance}}' }],
      },
    ],
  },
  {
    name: 'resource-utilisation',
    title: 'Resource utilisation',
    panels: [
      {
        title: 'CPU',
        unit: 'short',
        queries: [{ expr: 'rate(process_cpu_seconds_total[5m])', legend: '{{job}} {{instance}}' }],
      },
      {
        title: 'Memory',
        unit: 'bytes',
        queries: [{ expr: 'process_resident_memory_bytes', legend: '{{job}} {{instance}}' }],
      },
    ],
  },
  {
    name: 'request-patterns',
    title: 'Request patterns',
    panels: [
      {
        title: 'Requests by route',
        unit: 'reqps',
        queries: [{ expr: `sum by (route) (${HTTP_RATE})`, legend: '{{route}}' }],
      },
      {
        title: 'Latency',
        unit: 's',
        queries: [
          { expr: quantile(0.5), legend: 'p50' },
          { expr: quantile(0.95), legend: 'p95' },
          { expr: quantile(0.99), legend: 'p99' },
        ],
      },
    ],
  },
  {
    name: 'error-trends',
    title: 'Error trends',
    panels: [
      {
        title: 'Error rate',
        unit: 'percentunit',
        queries: [
          {
            expr: 'sum(rate(tars_http_requests_total{status=~"5.."}[5m])) / sum(rate(tars_http_requests_total[5m]))',
            legend: 'errors',
          },
        ],
      },
      {
        title: 'Errors by route',
        unit: 'reqps',
        queries: [
          {
            expr: 'sum by (route, status) (rate(tars_http_requests_total{status=~"5.."}[5m]))',
            legend: '{{route}} {{status}}',
          },
        ],
      },
    ],
  },
];

/** The dashboards as files. */
export function dashboardFiles(): Dashboard[] {
  return DASHBOARDS.map(({ name, title, panels }) => ({
    file: `${name}.json`,
    json: `${JSON.stringify(
      {
        uid: `tars-${name}`,
        title,
        tags: ['tars'],
        timezone: 'browser',
        schemaVersion: 39,
        refresh: '30s',
        time: { from: 'now-1h', to: 'now' },
        panels: panels.map(panelJson),
      },
      undefined,
      2,
    )}\n`,
  }));
}

function panelJson(panel: Panel, index: number): object {
  const datasource = { type: 'prometheus', uid: DATASOURCE_UID };
  return {
    id: index + 1,
    type: 'timeseries',
    title: panel.title,
    datasource,
    gridPos: { x: (index % 2) * 12, y: Math.floor(index / 2) * 9, w: 12, h: 9 },
    fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
    options: {
      legend: { showLegend: true, displayMode: 'list', placement: 'bottom' },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
    targets: panel.queries.map((query, i) => ({
      refId: String.fromCharCode(65 + i),
      datasource,
      expr: query.expr,
      legendFormat: query.legend,
    })),
  };
}
