import type { EmittedSet } from '../../../lib/verify/emitted';
import { editObject, setCompose, setField, valueAt } from './edit';

const SET: EmittedSet = {
  kubernetesVersion: '1.25',
  manifests: [
    {
      file: 'dist/a.k8s.yaml',
      document: 0,
      object: { kind: 'Service', metadata: { name: 'a' }, spec: { ports: [{ name: 'http', port: 80 }] } },
    },
  ],
  compose: [
    { file: 'compose/docker-compose.yml', system: '', compose: { services: { a: { image: 'x' } } }, files: {} },
  ],
};

describe('an edit of what was emitted', () => {
  test('sets, adds and removes a field', () => {
    const steps = ['spec', 'ports', 'name=http', 'port'];
    const changed = setField(SET, 'Service/a', steps, 81);
    expect(valueAt(changed.manifests[0]?.object, steps)).toBe(81);
    const removed = setField(SET, 'Service/a', ['spec', 'ports', 'name=http'], undefined);
    expect(valueAt(removed.manifests[0]?.object, ['spec'])).toEqual({ ports: [] });
    const compose = setCompose(SET, ['services', 'a', 'user'], '0:0');
    expect(compose.compose[0]?.compose).toEqual({ services: { a: { image: 'x', user: '0:0' } } });
  });

  test.each<[string, () => unknown, RegExp]>([
    ['no such object', () => editObject(SET, 'Service/b', () => undefined), /there is no Service\/b/],
    ['no way', () => setField(SET, 'Service/a', ['spec', 'x', 'y'], 1), /there is no way/],
    ['no such item', () => setField(SET, 'Service/a', ['spec', 'ports', 'name=x', 'port'], 1), /no item has name=x/],
    ['nothing new', () => setField(SET, 'Service/a', ['spec', 'ports', 0, 'port'], 80), /is what it was/],
  ])('fails where it would change nothing: %s', (_, edit, message) => {
    expect(edit).toThrow(message);
  });
});
