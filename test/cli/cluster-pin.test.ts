import { mkdirSync, symlinkSync } from 'node:fs';
import * as fs from 'node:fs';
import type { ClusterPin } from '../../lib/cli/cluster-pin';
import { PIN_FILE, readPin, refuseOther } from '../../lib/cli/cluster-pin';
import { useProject } from './fake-io';

const project = useProject();
const file = (): string => project().path(PIN_FILE);
const read = (): ClusterPin | undefined => readPin(file(), fs);

test('no file is no pin', () => {
  expect(read()).toBeUndefined();
});

test.each([
  ['an empty file', '', {}],
  ['comments alone', '# later\n', {}],
  ['an empty document', '---\n', {}],
  ['keys', 'server: https://a\nnamespace: tars\n', { server: 'https://a', namespace: 'tars' }],
])('%s is a pin', (_, text, pin) => {
  project().write(PIN_FILE, text);

  expect(read()).toEqual(pin);
});

test('a link to a file is followed', () => {
  project().write('elsewhere.yaml', 'namespace: tars\n');
  symlinkSync('elsewhere.yaml', file());

  expect(read()).toEqual({ namespace: 'tars' });
});

test.each<[string, () => void, string]>([
  [
    'a list',
    () => {
      project().write(PIN_FILE, '[]');
    },
    'it is no mapping',
  ],
  [
    'a text',
    () => {
      project().write(PIN_FILE, 'tars');
    },
    'it is no mapping',
  ],
  [
    'two documents',
    () => {
      project().write(PIN_FILE, 'server: a\n---\nserver: b\n');
    },
    'it has more than one document',
  ],
  [
    'a key twice',
    () => {
      project().write(PIN_FILE, 'server: a\nserver: b\n');
    },
    'it is no YAML (duplicated mapping key (2:1))',
  ],
  [
    'a number',
    () => {
      project().write(PIN_FILE, 'namespace: 1\n');
    },
    'namespace is no text',
  ],
  [
    'another key',
    () => {
      project().write(PIN_FILE, 'sever: a\n');
    },
    'unknown key "sever"',
  ],
  [
    'a directory',
    () => {
      mkdirSync(file());
    },
    'it is no file',
  ],
  [
    'a device without an end',
    () => {
      symlinkSync('/dev/zero', file());
    },
    'it is no file',
  ],
  [
    'a link that dangles',
    () => {
      symlinkSync('nowhere', file());
    },
    'it is a link that leads nowhere',
  ],
  [
    'a link in a circle',
    () => {
      symlinkSync(PIN_FILE, file());
    },
    'it is a link that leads nowhere',
  ],
])('%s is refused', (_, make, message) => {
  make();

  expect(read).toThrow(`${PIN_FILE} cannot be understood: ${message}`);
});

describe('which server', () => {
  const refuse = (wanted: string, server: string) => () => {
    refuseOther({ server: wanted }, { context: 'c', cluster: 'c', server, namespace: 'n', user: 'u' }, 'n');
  };

  test.each([
    ['https://k8s.example:6443/', 'https://k8s.example:6443'],
    ['HTTPS://K8S.Example:6443', 'https://k8s.example:6443'],
    ['https://k8s.example', 'https://k8s.example:443/'],
    ['https://k8s.example/rancher/', 'https://k8s.example/rancher'],
  ])('%s is %s', (wanted, server) => {
    expect(refuse(wanted, server)).not.toThrow();
  });

  test.each([
    ['https://k8s.example:6443', 'https://k8s.example:6444'],
    ['https://k8s.example', 'http://k8s.example'],
    ['https://k8s.example/A', 'https://k8s.example/a'],
    ['k8s.example', 'https://k8s.example'],
  ])('%s is not %s', (wanted, server) => {
    expect(refuse(wanted, server)).toThrow(`${PIN_FILE} says server ${wanted}, and this is ${server}`);
  });
});
