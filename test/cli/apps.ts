import { App, Chart } from 'cdk8s';
import type { TarsChartProps } from '../../lib/constructs/tars-chart-props';
import { TarsChart } from '../../lib/constructs/tars-chart';
import { Service } from '../../lib/constructs/service';
import { EnvValue } from '../../lib/model/value';
import type { ServiceProps } from '../../lib/model/service-props';
import type { Exported } from './fake-io';

/** The TARS stack. */
export function tarsApp(props: TarsChartProps = {}): () => Exported {
  return () => {
    const app = new App();
    new TarsChart(app, 'tars', props);
    return { app };
  };
}

/** The TARS stack, and staging. */
export function twoEnvironments(staging: TarsChartProps = {}, props: TarsChartProps = {}): () => Exported {
  return () => {
    const app = new App();
    new TarsChart(app, 'tars', props);
    const other = new App();
    new TarsChart(other, 'tars', { namespace: 'tars-staging', ...staging });
    return { app, environments: { staging: other } };
  };
}

/** One small service in a chart "shop", with what a test says of it. */
export function serviceApp(props: ServiceProps = {}): () => Exported {
  return () => {
    const app = new App();
    new Service(new Chart(app, 'shop'), 'api', { image: 'nginx:1.29.2', ...props });
    return { app };
  };
}

/** A variable that is read from the system's own secret. */
export function ownSecret(key: string, mayBeEmpty = false): EnvValue {
  return EnvValue.fromSecret(key, { mayBeEmpty });
}
