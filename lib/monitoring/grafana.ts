import type { Endpoint } from '../model/endpoint';
import { EnvValue } from '../model/value';

/** Stable id of the data source, which the dashboards name. */
export const DATASOURCE_UID = 'tars-prometheus';

/**
 * Provisioning of the Prometheus data source.
 * @see https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources
 */
export function datasourceProvisioning(prometheus: Endpoint): EnvValue {
  return EnvValue.concat(
    EnvValue.fromValue(
      [
        'apiVersion: 1',
        'datasources:',
        '  - name: Prometheus',
        `    uid: ${DATASOURCE_UID}`,
        '    type: prometheus',
        '    access: proxy',
        '    isDefault: true',
        '    editable: false',
        '    url: ',
      ].join('\n'),
    ),
    prometheus.url(),
    EnvValue.fromValue('\n'),
  );
}

/** Provisioning of dashboards from files. */
export function dashboardProvisioning(folder: string, path: string): EnvValue {
  return EnvValue.fromValue(
    [
      'apiVersion: 1',
      'providers:',
      `  - name: ${folder}`,
      `    folder: ${folder}`,
      '    type: file',
      '    disableDeletion: true',
      '    allowUiUpdates: false',
      '    options:',
      `      path: ${path}`,
      '',
    ].join('\n'),
  );
}
