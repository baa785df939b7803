import type { Endpoint } from '../model/endpoint';
import { EnvValue } from '../model/value';

/** One service whose replicas are scraped. */
export interface ScrapeTarget {
  /** Name of the job, e.g. `backend`. */
  readonly job: string;
  readonly endpoint: Endpoint;
  readonly port: number;
  readonly path: string;
}

/**
 * prometheus.yml. Replicas are found by DNS, on both targets alike, so Prometheus needs no rights
 * on the API server.
 * @see https://prometheus.io/docs/prometheus/latest/configuration/configuration/#dns_sd_config
 */
export function prometheusConfig(targets: readonly ScrapeTarget[]): EnvValue {
  const jobs = [...targets].sort((a, b) => (a.job < b.job ? -1 : 1));
  return EnvValue.concat(
    EnvValue.fromValue(
      [
        'global:',
        '  scrape_interval: 15s',
        '  evaluation_interval: 15s',
        'scrape_configs:',
        '  - job_name: prometheus',
        '    static_configs:',
        '      - targets: ["127.0.0.1:9090"]',
        '',
      ].join('\n'),
    ),
    ...jobs.flatMap((target) => [
      EnvValue.fromValue(
        `  - job_name: ${target.job}\n    metrics_path: ${target.path}\n    dns_sd_configs:\n      - type: A\n        port: ${target.port}\n        refresh_interval: 15s\n        names: ["`,
      ),
      target.endpoint.replicas(),
      EnvValue.fromValue('"]\n'),
    ]),
  );
}
