import type { Construct } from 'constructs';
import type { ServiceProps } from '../model/service-props';
import { Service } from './service';

/** A Python web service (FastAPI, for instance) whose image the project builds. */
export interface PythonApiProps extends ServiceProps {
  /** Build context, relative to the project's root. @default - `build` says it */
  readonly context?: string;
}

/**
 * A Python API: what {@link Service} takes, with the defaults of a service that answers /health
 * (alive) and /ready (may be sent requests) on port 8000 and is built on the Python image.
 */
export class PythonApi extends Service {
  public constructor(scope: Construct, id: string, props: PythonApiProps) {
    super(scope, id, pythonApiProps(id, props));
  }
}

function pythonApiProps(id: string, { context, ...props }: PythonApiProps): ServiceProps {
  const image =
    props.image === undefined && props.build === undefined
      ? { build: { kind: 'python' as const, repository: props.name ?? id, context: context ?? '.' } }
      : {};
  return {
    ports: [{ name: 'http', port: 8000 }],
    health: {
      startup: { httpPath: '/health', periodSeconds: 2, failureThreshold: 30 },
      readiness: { httpPath: '/ready', initialDelaySeconds: 10, periodSeconds: 5 },
      liveness: { httpPath: '/health', initialDelaySeconds: 30, periodSeconds: 10 },
    },
    ...image,
    ...props,
    runAs: { uid: 1000, gid: 1000, httpClient: 'python', ...props.runAs },
  };
}
