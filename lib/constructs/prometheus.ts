import type { Construct } from 'constructs';
import { IMAGES } from '../model/images';
import { prometheusConfig } from '../monitoring/prometheus';
import { given, readPreset } from './preset';
import { Service } from './service';

/** A Prometheus server. */
export interface PrometheusProps {
  /** Name of the component. @default - the construct's id */
  readonly name?: string;
  /** @default - the tested version, see IMAGES */
  readonly image?: string;
  /** Services whose metrics are scraped, each at its `metricsPort`. */
  readonly targets: readonly Service[];
  /** Size of the claim. @default "10Gi" */
  readonly storage?: string;
  /** @default - the cluster's default StorageClass */
  readonly storageClass?: string;
  /** How long samples are kept. @default "15d" */
  readonly retention?: string;
  /** Port on the host that Compose publishes it at. @default - not published */
  readonly publish?: number;
  /** @default - always on */
  readonly profiles?: readonly string[];
}

const KEYS = {
  name: true,
  image: true,
  targets: true,
  storage: true,
  storageClass: true,
  retention: true,
  publish: true,
  profiles: true,
} as const;
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
        ...given({ name: props.name, profiles: props.profiles }),
        image: props.image ?? IMAGES.prometheus,
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
        resources: { cpuRequest: '100m', cpuLimit: '1', memoryRequest: '256Mi', memoryLimit: '1Gi' },
        volumes: [
          { name: 'data', mountPath: '/prometheus', size: props.storage ?? '10Gi', ...given({ storageClass: props.storageClass }) },
        ],
        runAs: { uid: 65_534, gid: 65_534, httpClient: 'wget' },
        graceSeconds: 300,
      },
      { 'volumes[0].size': 'storage', 'ports[0].publish': 'publish' },
    );
    readPreset<PrometheusProps>(this, props, KEYS);
  }
}
