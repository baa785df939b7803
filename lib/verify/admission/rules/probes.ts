import type { JsonObject } from '../../emitted';
import { isObject, listOf, textOf } from '../../read';
import type { Check, Visit } from '../check';
import { isPortName, isPortNumber, PORT_NAME, PORT_NUMBER } from '../syntax';

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'];
const COUNTS = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'];

/** Probes and hooks do exactly one thing, and say how. */
export const probes: Check = {
  code: 'TARS6113',
  severity: 'error',
  refusedBy: 'server',
  title: 'a probe or hook that the server does not take',
  why: 'The server refuses a probe with no handler or with two, with a port that is none, and a liveness or startup probe that wants more than one success.',
  remedy:
    'give it exactly one of exec, httpGet, tcpSocket and grpc; a successThreshold other than 1 only for readiness',
  on: {
    'core/v1.Container': ({ value, say }) => {
      for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
        const probe = value[name];
        if (isObject(probe))
          checkProbe(name, probe, (keys, ...rest) => {
            say([name, ...keys], ...rest);
          });
      }
    },
    'core/v1.LifecycleHandler': ({ value, say }) => {
      oneHandler(value, say);
    },
    'core/v1.ExecAction': ({ value, say }) => {
      if (listOf(value['command']).length === 0) say(['command'], 'there is no command', 'one word at least');
    },
    'core/v1.HTTPGetAction': ({ value, say }) => {
      checkPort(value, say);
      listOf(value['httpHeaders']).forEach((header, index) => {
        const name = isObject(header) ? textOf(header['name']) : undefined;
        if (name !== undefined && name !== '' && !/^[-A-Za-z0-9]+$/.test(name))
          say(['httpHeaders', index, 'name'], 'not the name of a header', 'letters, digits and "-"');
      });
    },
    'core/v1.TCPSocketAction': ({ value, say }) => {
      checkPort(value, say);
    },
    'core/v1.GRPCAction': ({ value, say }) => {
      if (!isPortNumber(value['port']) && typeof value['port'] === 'number')
        say(['port'], 'not the number of a port', PORT_NUMBER);
    },
  },
};

type Say = Visit['say'];

function checkProbe(name: string, probe: JsonObject, say: Say): void {
  oneHandler(probe, say);
  for (const field of COUNTS) {
    const value = probe[field];
    if (typeof value === 'number' && value < 0) say([field], 'the number is negative', '0 or more');
  }
  const successes = probe['successThreshold'];
  if (name !== 'readinessProbe' && typeof successes === 'number' && successes > 1) {
    say(['successThreshold'], `one success is enough for a ${name}`, '1');
  }
  const grace = probe['terminationGracePeriodSeconds'];
  if (typeof grace !== 'number') return;
  if (name === 'readinessProbe') say(['terminationGracePeriodSeconds'], 'a readiness probe ends nothing', 'none');
  else if (grace <= 0) say(['terminationGracePeriodSeconds'], 'the number is not positive', '1 or more');
}

function oneHandler(value: JsonObject, say: Say): void {
  const given = HANDLERS.filter((name) => isObject(value[name]));
  if (given.length === 1) return;
  say(
    given.length === 0 ? [] : [given[1] ?? ''],
    given.length === 0 ? 'it does nothing' : 'it does two things',
    'exactly one of exec, httpGet, tcpSocket, grpc',
  );
}

function checkPort(value: JsonObject, say: Say): void {
  const port = value['port'];
  if (typeof port === 'number' && !isPortNumber(port)) say(['port'], 'not the number of a port', PORT_NUMBER);
  if (typeof port === 'string' && !isPortName(port)) say(['port'], 'not the name of a port', PORT_NAME);
}
