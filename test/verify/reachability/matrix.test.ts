import { App } from 'cdk8s';
import { subjectOf, TarsChart } from 'cdk8s-tars';
import type { Subject } from '../../../lib/verify/proof';
import { reachabilityMatrix } from '../../../lib/verify/reachability/matrix';
import type { Matrix } from '../../../lib/verify/reachability/matrix';
import { matrixPicture } from '../../../lib/verify/reachability/matrix-picture';
import { matrixTable } from '../../../lib/verify/reachability/matrix-table';
import { addObject, setField } from '../mutations/edit';

const app = new App();
new TarsChart(app, 'tars', { monitoringNamespaces: ['obs'] });
const subject: Subject = subjectOf(app);
const matrixOf = (emitted = subject.emitted): Matrix => reachabilityMatrix(emitted, subject.systems);
const lines = (matrix: Matrix): string[] =>
  matrix.cells.map(({ from, to, open, extra, missing }) => `${from} > ${to}: ${open}|${extra}|${missing}`).sort();

const COMPONENTS = ['adminer', 'backend', 'backend-migrate', 'frontend', 'grafana'];
const DNS = [...COMPONENTS, 'ollama', 'postgres', 'prometheus', 'redis'].map(
  (name) => `tars-${name} > DNS: 53, 53/UDP||`,
);
/** Section 1 of the contract, what is exposed, and nothing else. */
const WHOLE = [
  ...DNS,
  ...['backend', 'backend-migrate'].flatMap((name) => [
    `tars-${name} > tars-ollama: 11434||`,
    `tars-${name} > tars-postgres: 5432||`,
    `tars-${name} > tars-redis: 6379||`,
  ]),
  'tars-adminer > tars-postgres: 5432||',
  'tars-frontend > tars-backend: 8000||',
  'tars-prometheus > tars-backend: 8000||',
  'tars-grafana > tars-prometheus: 9090||',
  'tars-backend > internet: 443||',
  'the controller in ingress-nginx > tars-backend: 8000, 8001||',
  'the controller in ingress-nginx > tars-frontend: 3000||',
  'monitoring in obs > tars-backend: 8000, 8001||',
  'a stranger in tars > tars-backend: 8000, 8001||',
  'a pod elsewhere > tars-backend: 8000, 8001||',
  'outside > tars-backend: 8000, 8001||',
].sort();

test('the matrix of the stack is what its components need', () => {
  const matrix = matrixOf();
  expect(lines(matrix)).toEqual(WHOLE);
  expect(matrix.rows).toHaveLength(9 + 5);
  expect(matrix.columns).toEqual(expect.arrayContaining(['tars-postgres', 'DNS', 'internet', 'a private address']));
});

test('what is open and not in the model, and what is closed and needed, stand in their cells', () => {
  const closed = setField(subject.emitted, 'NetworkPolicy/tars-postgres', ['spec', 'ingress', 0, 'from', 0], undefined);
  const changed = addObject(closed, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'added', namespace: 'tars' },
    spec: {
      podSelector: { matchLabels: { component: 'redis' } },
      ingress: [{ ports: [{ port: 6379 }, { port: 22 }] }],
    },
  });
  const found = lines(matrixOf(changed)).filter((line) => !WHOLE.includes(line));
  expect(found).toEqual([
    'a pod elsewhere > tars-redis: 22, 6379|22, 6379|',
    'a stranger in tars > tars-redis: 22, 6379|22, 6379|',
    'monitoring in obs > tars-redis: 22, 6379|22, 6379|',
    'outside > tars-redis: 22, 6379|22, 6379|',
    'tars-adminer > tars-postgres: ||5432',
    'the controller in ingress-nginx > tars-redis: 22, 6379|22, 6379|',
  ]);
  const text = matrixTable(matrixOf(changed));
  expect(text).toMatch(/^tars-adminer\n {2}tars-postgres +closed; closed, and needed: 5432\n/m);
  expect(text).toMatch(/^outside\n.*\n {2}tars-redis +22, 6379; not in the model: 22, 6379\n/m);
  const picture = matrixPicture('a <title>', matrixOf(changed));
  expect(picture).toContain('<title>tars-adminer to tars-postgres: closed; needed: 5432</title>');
  expect(picture).toContain('>! 22 +1</text>');
  expect(picture).toContain('a &lt;title&gt;');
});

test('the picture is well-formed, and has a label for each cell', () => {
  const matrix = matrixOf();
  const picture = matrixPicture('matrix', matrix);
  expect(picture.match(/<g>/g)).toHaveLength(matrix.cells.length);
  expect(picture.match(/<\w+(?:\s[^>]*[^/])?>/g)?.length).toBe(picture.match(/<\/\w+>/g)?.length);
  for (const name of [...matrix.rows, ...matrix.columns]) expect(picture).toContain(`>${name}</text>`);
});

test('an end that opens nothing says so', () => {
  expect(matrixTable({ rows: ['web'], columns: ['db'], cells: [] })).toBe('web\n  opens nothing\n');
});
