import type { Construct } from 'constructs';
import type { Endpoint } from '../model/endpoint';
import { IMAGES } from '../model/images';
import { EnvValue } from '../model/value';
import { dashboardFiles } from '../monitoring/dashboards';
import { dashboardProvisioning, datasourceProvisioning } from '../monitoring/grafana';
import type { StatefulProps } from './preset';
import { given, readPreset, readyMade, STATEFUL_KEYS, STATEFUL_PATHS } from './preset';
import { Service } from './service';

/** A Grafana server. */
export interface GrafanaProps extends StatefulProps {
  /** The Prometheus server that is its data source. */
  readonly prometheus: Endpoint;
  /** Key of the administrator's password in the system's Secret. @default "GRAFANA_ADMIN_PASSWORD" */
  readonly passwordKey?: string;
}

const KEYS = { ...STATEFUL_KEYS, prometheus: true, passwordKey: true } as const;
const PROVISIONING = '/etc/grafana/provisioning';
const DASHBOARDS = '/etc/grafana/dashboards';

/** Grafana, its data source and dashboards provisioned from files. */
export class Grafana extends Service {
  public constructor(scope: Construct, id: string, props: GrafanaProps) {
    super(
      scope,
      id,
      {
        ...readyMade(props, {
          image: IMAGES.grafana,
          resources: { cpuRequest: '100m', cpuLimit: '500m', memoryRequest: '128Mi', memoryLimit: '512Mi' },
        }),
        workload: 'stateful-set',
        env: {
          GF_SECURITY_ADMIN_PASSWORD: EnvValue.fromSecret(props.passwordKey ?? 'GRAFANA_ADMIN_PASSWORD'),
          // Nothing here may open connections to the internet, so nothing should try.
          GF_ANALYTICS_REPORTING_ENABLED: EnvValue.fromValue('false'),
          GF_ANALYTICS_CHECK_FOR_UPDATES: EnvValue.fromValue('false'),
          GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: EnvValue.fromValue('false'),
          GF_PLUGINS_PREINSTALL_DISABLED: EnvValue.fromValue('true'),
        },
        files: [
          { path: `${PROVISIONING}/datasources/prometheus.yaml`, content: datasourceProvisioning(props.prometheus) },
          { path: `${PROVISIONING}/dashboards/tars.yaml`, content: dashboardProvisioning('TARS', DASHBOARDS) },
          ...dashboardFiles().map(({ file, json }) => ({
            path: `${DASHBOARDS}/${file}`,
            content: EnvValue.fromValue(json),
          })),
        ],
        ports: [{ name: 'http', port: 3000, ...given({ publish: props.publish }) }],
        health: {
          startup: { httpPath: '/api/health', periodSeconds: 5, failureThreshold: 60 },
          readiness: { httpPath: '/api/health', periodSeconds: 10 },
          liveness: { tcp: true, periodSeconds: 20 },
        },
        volumes: [
          {
            name: 'data',
            mountPath: '/var/lib/grafana',
            size: props.storage ?? '1Gi',
            ...given({ storageClass: props.storageClass }),
          },
        ],
        runAs: { uid: 472, gid: 0, httpClient: 'wget' },
      },
      STATEFUL_PATHS,
    );
    readPreset<GrafanaProps>(this, props, KEYS);
  }
}
