import type { EmittedSet, Json, JsonObject } from '../../../lib/verify/emitted';
import { compareReleases } from '../../../lib/verify/upgrade/compare-releases';
import { otherManagers } from '../../../lib/verify/upgrade/field-managers';
import { objectKey } from '../../../lib/verify/upgrade/object-key';

const object = (spec: JsonObject): JsonObject => ({
  apiVersion: 'example.com/v1',
  kind: 'Thing',
  metadata: { name: 'one', namespace: 'n' },
  spec,
});

const release = (spec: JsonObject): EmittedSet => ({
  kubernetesVersion: '1.34',
  manifests: [{ file: 'dist/a.yaml', document: 0, object: object(spec) }],
  compose: [],
});

const entry = (manager: string, operation: string, fields: JsonObject): JsonObject => ({
  manager,
  operation,
  time: '2026-01-02T03:04:05Z',
  fieldsV1: { 'f:spec': fields },
});

/** What is said of an apply of `after` over `before`, whose fields these wrote. */
function said(before: JsonObject, after: JsonObject, ...entries: JsonObject[]): string[] {
  const live = {
    ...object(before),
    metadata: { ...(object(before)['metadata'] as JsonObject), managedFields: entries },
  };
  const managers = new Map([[objectKey(live), otherManagers(live)]]);
  return compareReleases(release(before), release(after), managers)
    .findings.filter(({ code }) => code === 'TARS6614')
    .map(({ severity, path, given }) => `${severity} ${path}: ${given ?? ''}`);
}

const BY = (name: string): string => `written by "${name}" at 2026-01-02T03:04:05Z`;

describe('fields that somebody else wrote', () => {
  test.each<[what: string, before: Json, after: Json, fields: JsonObject, path: string | undefined]>([
    ['a field', 1, 2, {}, 'Thing/one.spec.x'],
    ['a field of a struct', { a: 1, b: 1 }, { a: 2, b: 2 }, { 'f:b': {} }, 'Thing/one.spec.x.b'],
    ['a list that is written as a whole', ['a', 'b'], ['a', 'c'], {}, 'Thing/one.spec.x'],
    [
      'a member of a list',
      [{ name: 'a' }, { name: 'b', v: 1 }],
      [{ name: 'a' }, { name: 'b', v: 2 }],
      { 'k:{"name":"b"}': { '.': {}, 'f:v': {} } },
      'Thing/one.spec.x[1].v',
    ],
    [
      'a port whose protocol the server filled in',
      [{ port: 80, name: 'a', v: 1 }],
      [{ port: 80, name: 'a', v: 2 }],
      { 'k:{"port":80,"protocol":"TCP"}': { 'f:v': {} } },
      'Thing/one.spec.x[0].v',
    ],
    [
      'not the same field of another member',
      [{ name: 'b', v: 1 }],
      [{ name: 'b', v: 2 }],
      { 'k:{"name":"a"}': { 'f:v': {} } },
      undefined,
    ],
    ['not another field', { a: 1, b: 1 }, { a: 2, b: 1 }, { 'f:b': {} }, undefined],
    ['not what stays', 1, 1, {}, undefined],
  ])('%s', (_, before, after, fields, path) => {
    const found = said({ x: before, y: 0 }, { x: after, y: 1 }, entry('operator', 'Update', { 'f:x': fields }));
    expect(found).toEqual(path === undefined ? [] : [`warning ${path}: ${BY('operator')}`]);
  });

  test('what a person wrote by kubectl is a notice; kubectl apply, in both ways, is nobody else', () => {
    const x = { 'f:x': {} };
    const others = [entry('kubectl-client-side-apply', 'Update', x), entry('kubectl', 'Apply', x)];
    expect(said({ x: 1 }, { x: 2 }, ...others)).toEqual([]);
    expect(said({ x: 1 }, { x: 2 }, ...others, entry('kubectl-edit', 'Update', x))).toEqual([
      `notice Thing/one.spec.x: ${BY('kubectl-edit')}`,
    ]);
  });

  test('a field that goes is told, a new one has no writer yet', () => {
    const x = { 'f:x': {} };
    expect(said({ x: 1, y: 1 }, { y: 1 }, entry('operator', 'Update', x))).toEqual([
      `warning Thing/one.spec.x: ${BY('operator')}`,
    ]);
    expect(said({ y: 1 }, { x: 1, y: 1 }, entry('operator', 'Update', x))).toEqual([]);
  });
});
