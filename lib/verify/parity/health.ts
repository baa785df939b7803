import type { Json, JsonObject } from '../emitted';
import { isList, listOf, numberOf, objectOf, scalarText, textOf } from '../read';
import { expandKubernetes, interpolateCompose } from './decoding';
import type { Axis, Fact, Facts, Pair } from './difference';
import { fact } from './difference';
import { quotable } from './environment';
import { containerPath, servicePath } from './pairs';

/** What tells that the service can be used: the readiness probe, and the health check. */
export const health: Axis = { name: 'health', kubernetes: readiness, compose: healthCheck };

function readiness(pair: Pair): Facts {
  const { container } = pair.container;
  const probe = objectOf(container['readinessProbe']);
  const check = probeCheck(pair, probe);
  if (check === undefined) return new Map();
  const path = (key: string): string => containerPath(pair, 'readinessProbe', key);
  const number = (key: string, otherwise: number): Fact => ({
    value: String(numberOf(probe[key]) ?? otherwise),
    path: path(key),
  });
  return new Map([
    ['check', fact(check, () => containerPath(pair, 'readinessProbe'))],
    ['seconds between checks', number('periodSeconds', 10)],
    ['seconds until a check has failed', number('timeoutSeconds', 1)],
    ['failed checks', number('failureThreshold', 3)],
  ]);
}

function probeCheck(pair: Pair, probe: JsonObject): string | undefined {
  const port = (value: Json | undefined): string => {
    const named = listOf(pair.container.container['ports'])
      .map(objectOf)
      .find((one) => one['name'] === value);
    return scalarText(named?.['containerPort'] ?? value);
  };
  if (probe['httpGet'] !== undefined) {
    const get = objectOf(probe['httpGet']);
    return `GET ${port(get['port'])}${textOf(get['path']) ?? '/'}`;
  }
  if (probe['tcpSocket'] !== undefined) return `connect to ${port(objectOf(probe['tcpSocket'])['port'])}`;
  if (probe['exec'] === undefined) return undefined;
  const known = quotable(pair);
  const words = listOf(objectOf(probe['exec'])['command']).map((word) => expandKubernetes(textOf(word) ?? '', known));
  return JSON.stringify(words);
}

function healthCheck(pair: Pair): Facts {
  const said = objectOf(pair.service['healthcheck']);
  const test = said['test'];
  if (said['disable'] === true || test === undefined) return new Map();
  const path = (key: string): string => servicePath(pair, 'healthcheck', key);
  const words = isList(test) ? test.map((word) => interpolateCompose(textOf(word) ?? '')) : [];
  const [kind, ...rest] = words.length > 0 ? words : ['CMD-SHELL', interpolateCompose(textOf(test) ?? '')];
  if (kind === 'NONE') return new Map();
  const command = kind === 'CMD-SHELL' ? ['/bin/sh', '-c', ...rest] : rest;
  return new Map([
    ['check', fact(meaningOf(command), () => path('test'))],
    ['seconds between checks', fact(seconds(said['interval'], 30), () => path('interval'))],
    ['seconds until a check has failed', fact(seconds(said['timeout'], 30), () => path('timeout'))],
    ['failed checks', fact(String(numberOf(said['retries']) ?? 3), () => path('retries'))],
  ]);
}

/** What a client inside the container asks, whichever client it is; any other command is itself. */
function meaningOf(command: readonly string[]): string {
  const [program = ''] = command;
  const text = command.join(' ');
  if (['wget', 'curl', 'node'].includes(program)) {
    const url = /http:\/\/(?:127\.0\.0\.1|localhost):(\d+)([^\s"']*)/.exec(text);
    if (url !== null) return `GET ${url[1] ?? ''}${url[2] === '' ? '/' : (url[2] ?? '')}`;
    const connected = /connect\((\d+),/.exec(text);
    if (connected !== null) return `connect to ${connected[1] ?? ''}`;
  }
  if (program === 'python') {
    const get = /HTTPConnection\("127\.0\.0\.1", (\d+)[^]*request\("GET", ("(?:[^"\\]|\\.)*")/.exec(text);
    if (get !== null) return `GET ${get[1] ?? ''}${String(JSON.parse(get[2] ?? '""'))}`;
    const connected = /create_connection\(\("127\.0\.0\.1", (\d+)\)/.exec(text);
    if (connected !== null) return `connect to ${connected[1] ?? ''}`;
  }
  return JSON.stringify(command);
}

/** `1m30s` in seconds. */
function seconds(value: Json | undefined, otherwise: number): string {
  const text = textOf(value);
  if (text === undefined) return String(otherwise);
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001, us: 0.000001 };
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|us|h|m|s)/g)];
  return String(parts.reduce((sum, [, number, unit]) => sum + Number(number) * (units[unit ?? 's'] ?? 1), 0));
}
