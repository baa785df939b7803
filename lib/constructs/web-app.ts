import type { Construct } from 'constructs';
import type { ServiceProps } from '../model/service-props';
import { Service } from './service';

/** A web page built by npm (React with Vite, for instance) and served by a small Node server. */
export interface WebAppProps extends ServiceProps {
  /** Build context, relative to the project's root. @default - `build` says it */
  readonly context?: string;
}

/**
 * A web application: what {@link Service} takes, with the defaults of a page on port 3000 that is
 * a development server with hot reload on Compose and a static build in production.
 */
export class WebApp extends Service {
  public constructor(scope: Construct, id: string, props: WebAppProps) {
    super(scope, id, webAppProps(id, props));
  }
}

function webAppProps(id: string, { context, ...props }: WebAppProps): ServiceProps {
  const image =
    props.image === undefined && props.build === undefined
      ? { build: { kind: 'node-static' as const, repository: props.name ?? id, context: context ?? '.' } }
      : {};
  return {
    ports: [{ name: 'http', port: 3000 }],
    health: {
      startup: { httpPath: '/', periodSeconds: 2, failureThreshold: 30 },
      readiness: { httpPath: '/', periodSeconds: 10 },
      liveness: { tcp: true, periodSeconds: 20 },
    },
    resources: { cpuRequest: '100m', cpuLimit: '500m', memoryRequest: '128Mi', memoryLimit: '256Mi' },
    ...image,
    ...props,
    runAs: { uid: 1000, gid: 1000, httpClient: 'node', ...props.runAs },
  };
}
