import type { Answer } from './fake-api-server';
import { json } from './fake-api-server';

export const PODS = '/api/v1/namespaces/tars/pods';
export const RUNNING = { running: {} };
export const ENDED = { terminated: { exitCode: 0 } };
export const BACK_OFF = { waiting: { reason: 'CrashLoopBackOff' } };
export const pod = (state: object, restartCount = 0, phase = 'Running', name = 'web', lastState = {}): object => ({
  metadata: { name, uid: `u-${name}`, resourceVersion: '1' },
  spec: { containers: [{ name: 'app' }] },
  status: { phase, containerStatuses: [{ name: 'app', restartCount, state, lastState }] },
});
/** The list has the pod as it is; watches say nothing and stay. */
export const listed =
  (...items: readonly object[]): Answer =>
  (seen, response) => {
    if (seen.query.get('watch') === 'true') response.writeHead(200).write('\n');
    else json({ metadata: { resourceVersion: '1' }, items })(seen, response);
  };
export const line = (second: number, nanos: number, text: string): string =>
  `2026-01-01T00:00:${String(second).padStart(2, '0')}.${String(nanos).padStart(9, '0')}Z ${text}\n`;

/** A log file as the kubelet serves it: from a second on, cut after so many bytes. */
export const log =
  (lines: readonly string[], cutAfter?: number): Answer =>
  ({ query, request }, response) => {
    const since = Date.parse(query.get('sinceTime') ?? '1970-01-01T00:00:00Z');
    const text = lines.filter((one) => Date.parse(one.split(' ')[0] ?? '') >= since).join('');
    response.writeHead(200);
    if (cutAfter === undefined) response.end(text);
    else response.write(text.slice(0, cutAfter), () => request.socket.destroy());
  };
