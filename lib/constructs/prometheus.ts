import type { Construct } from 'constructs';
import { IMAGES } from '../model/images';
import { prometheusConfig } from '../monitoring/prometheus';
import type { StatefulProps } from './preset';
import { given, readPreset, readyMade, STATEFUL_KEYS, STATEFUL_PATHS } from './preset';
import { Service } from './service';

/** A Prometheus server. */
export interface PrometheusProps extends StatefulProps {
  /** Services whose metrics are scraped, each at its `metricsPort`. */
  readonly targets: readonly Service[];
  /** How long samples are kept. @default "15d" */
  readonly retention?: string;
}

const KEYS = { ...STATEFUL_KEYS, targets: true, retention: true } as const;
const CONFIG = '/etc/prometheus/prometheus.yml';

/** Prometheus as a StatefulSet of one replica. */
export class Prometheus extends Service {
  public constructor(scope: Construct, id: string, props: PrometheusProps) {
    const targets = (Array.isArray(props.targets) ? (props.targets as readonly Service[]) : []).flatMap((service) => {
      const { metrics, name, ports } = service.spec;
      if (metrics === undefined) return [];
      const port = ports.find((p) => p.name === metrics.port)?.number ?? 0;
      return [{ job: name, endpoint: service.endpointOf(metrics.port).waitFor('none'), port, path: metrics.path }];
    });
    super(
      scope,
      id,
      {
        ...readyMade(props, {
          image: IMAGES.prometheus,
          resources: { cpuRequest: '100m', cpuLimit: '1', memoryRequest: '256Mi', memoryLimit: '1Gi' },
        }),
        workload: 'stateful-set',
        command: [
          `--config.file=${CONFIG}`,
          '--storage.tsdb.path=/prometheus',
          `--storage.tsdb.retention.time=${props.retention ?? '15d'}`,
        ],
        files: [{ path: CONFIG, content: prometheusConfig(targets) }],
        ports: [{ name: 'http', port: 9090, ...given({ publish: props.publish }) }],
        health: {
          startup: { httpPath: '/-/ready', periodSeconds: 5, failureThreshold: 60 },
          readiness: { httpPath: '/-/ready', periodSeconds: 10 },
          liveness: { httpPath: '/-/healthy', periodSeconds: 20 },
        },
        volumes: [
          {
            name: 'data',
            mountPath: '/prometheus',
            size: props.storage ?? '10Gi',
            ...given({ storageClass: props.storageClass }),
          },
        ],
        runAs: { uid: 65_534, gid: 65_534, httpClient: 'wget' },
        graceSeconds: 300,
      },
      STATEFUL_PATHS,
    );
    readPreset<PrometheusProps>(this, props, KEYS);
  }
}
