import type { IssueCollector } from './issues';
import { show } from './issues';
import { PropsReader } from './props-reader';
import type { HealthProps, ProbeProps, RunAsProps } from './service-props';
import type { Check, Health, Port, Probe, RunAs } from './service-spec';

const SECONDS = { min: 0, max: 86_400 } as const;

/** Reads the checks of a service. */
export function readHealth(props: HealthProps | undefined, ports: readonly Port[], issues: IssueCollector): Health {
  const reader = new PropsReader<HealthProps>(props, issues, {
    startup: true,
    readiness: true,
    liveness: true,
    compose: true,
  });
  const probe = (key: keyof HealthProps): Probe | undefined =>
    reader.has(key) ? readProbe(reader.raw(key) as ProbeProps, ports, reader.at(key)) : undefined;
  const readiness = probe('readiness');
  return {
    startup: probe('startup'),
    readiness,
    liveness: probe('liveness'),
    compose: probe('compose') ?? readiness,
  };
}

function readProbe(props: ProbeProps, ports: readonly Port[], issues: IssueCollector): Probe {
  const reader = new PropsReader<ProbeProps>(props, issues, {
    httpPath: true,
    command: true,
    tcp: true,
    port: true,
    initialDelaySeconds: true,
    periodSeconds: true,
    timeoutSeconds: true,
    failureThreshold: true,
  });
  return {
    check: readCheck(reader, ports),
    initialDelaySeconds: reader.integer('initialDelaySeconds', SECONDS, 0),
    periodSeconds: reader.integer('periodSeconds', { ...SECONDS, min: 1 }, 10),
    timeoutSeconds: reader.integer('timeoutSeconds', { ...SECONDS, min: 1 }, 5),
    failureThreshold: reader.integer('failureThreshold', { min: 1, max: 1000 }, 3),
  };
}

function readCheck(reader: PropsReader<ProbeProps>, ports: readonly Port[]): Check {
  const command = reader.strings('command');
  const path = reader.string('httpPath');
  const tcp = reader.boolean('tcp', false);
  if ([command !== undefined, path !== undefined, tcp].filter(Boolean).length !== 1) {
    reader.issues.add({
      code: 'TARS1016',
      message: 'a probe asks exactly one question',
      given: show({ httpPath: path, command, tcp }),
      allowed: 'one of httpPath, command and tcp',
      remedy: 'keep one of them',
    });
  }
  if (command !== undefined) return { kind: 'exec', command };
  const port = reader.string('port') ?? ports[0]?.name ?? '';
  if (!ports.some((p) => p.name === port)) {
    reader.at('port').add({
      code: 'TARS2001',
      message: 'the probe asks a port that the service does not have',
      given: show(port),
      allowed: ports.map((p) => `"${p.name}"`).join(', ') || 'declare a port first',
      remedy: "name one of the service's ports",
    });
  }
  if (path === undefined) return { kind: 'tcp', port };
  if (!path.startsWith('/')) {
    reader.at('httpPath').add({
      code: 'TARS1014',
      message: 'the path of a check is not absolute',
      given: show(path),
      allowed: 'a path that starts with "/"',
      remedy: `write "/${path}"`,
    });
  }
  return { kind: 'http', path, port };
}

/** Reads whom the processes run as. */
export function readRunAs(props: RunAsProps | undefined, issues: IssueCollector): RunAs {
  const reader = new PropsReader<RunAsProps>(props, issues, {
    uid: true,
    gid: true,
    readOnlyRoot: true,
    composeUser: true,
    httpClient: true,
  });
  const ids = { min: 1, max: 2_147_483_647 };
  const uid = reader.integer('uid', ids, 1000);
  const gid = reader.integer('gid', { ...ids, min: 0 }, uid);
  return {
    uid,
    gid,
    readOnlyRoot: reader.boolean('readOnlyRoot', true),
    composeUser: reader.string('composeUser', `${uid}:${gid}`),
    httpClient: reader.oneOf('httpClient', ['wget', 'curl', 'python', 'node', 'none'], 'none'),
  };
}
