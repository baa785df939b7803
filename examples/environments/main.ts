import { App } from 'cdk8s';
import { TarsChart } from 'cdk8s-tars';
import type { TarsChartProps } from 'cdk8s-tars';

/** What both environments share; what differs is said once, below. */
const shared = {
  images: { registry: 'ghcr.io/example', tag: '2025.11.1' },
  tls: { issuer: 'letsencrypt' },
  storageAccessMode: 'ReadWriteMany',
  models: ['llama3.2:1b'],
} as const satisfies TarsChartProps;

const app = new App();
new TarsChart(app, 'tars', {
  ...shared,
  kubernetesVersion: '1.35',
  apiHost: 'api.tars.example.com',
  webHost: 'tars.example.com',
  autoscalingPolicy: { minReplicas: 3, maxReplicas: 8 },
});

// An environment is another app; its files go to dist/staging and compose/staging.
const staging = new App({ outdir: 'dist/staging' });
new TarsChart(staging, 'tars', {
  ...shared,
  namespace: 'tars-staging',
  kubernetesVersion: '1.33',
  apiHost: 'api.staging.tars.example.com',
  webHost: 'staging.tars.example.com',
  autoscaling: false,
  replicas: 1,
  adminer: false,
});

if (require.main === module) {
  app.synth();
  staging.synth();
}

export const environments = { staging };
export default app;
