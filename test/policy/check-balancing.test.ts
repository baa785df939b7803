import { TarsError } from '../../lib/model/issues';
import { compileBalancing } from '../../lib/policy/balancing';
import type { BalancingSubject, BalancingTarget } from '../../lib/policy/balancing-subject';
import { BALANCING_TARGETS } from '../../lib/policy/balancing-subject';

const issuesOf = (target: unknown, subject: unknown, strategy: unknown = 'weighted'): TarsError['issues'] => {
  try {
    compileBalancing(strategy as 'weighted', target as BalancingTarget, subject as BalancingSubject);
    return [];
  } catch (error) {
    if (error instanceof TarsError) return error.issues;
    throw error;
  }
};
const saidOf = (target: unknown, subject: unknown, strategy?: unknown): string[] =>
  issuesOf(target, subject, strategy).map(({ code, path }) => `${code} ${path}`);
const one = (fields: object = {}): object => ({ name: 'api', backends: [{ name: 'a', port: 80, ...fields }] });
const many = (length: number): object => ({
  name: 'api',
  backends: Array.from({ length }, (_, n) => ({ name: `a${n}`, port: 80 })),
});

describe.each(BALANCING_TARGETS)('%s', (target) => {
  const most = target === 'nginx' ? 65_535 : 1_000_000;

  test.each([NaN, -3, 1.5, Infinity, -Infinity, most + 1])('a weight of %d is refused', (weight) => {
    expect(issuesOf(target, one({ weight }))).toMatchObject([
      {
        code: 'TARS1006',
        path: 'subject.backends[0].weight',
        given: String(weight),
        allowed: `a whole number from 0 to ${most}`,
        remedy: 'set "weight" to a whole number in that range',
      },
    ]);
  });

  test.each([0, 1, most, undefined])('a weight of %d is taken', (weight) => {
    expect(saidOf(target, one({ weight }))).toEqual([]);
  });

  test.each<[string, object]>([
    ['TARS1002', { weight: '3' }],
    ['TARS1002', { weight: null }],
    ['TARS1006', { port: 0 }],
    ['TARS1006', { port: 65_536 }],
    ['TARS1006', { port: 80.5 }],
    ['TARS1006', { port: NaN }],
    ['TARS1002', { port: '80' }],
    ['TARS7103', { port: undefined }],
    ['TARS1002', { name: 7 }],
    ['TARS1002', { name: undefined }],
    ['TARS1001', { wieght: 3 }],
    ...['', ' ', 'a b', 'a;', 'a\nb', 'a{', '"a"', 'a#', 'a$b', 'a:80', 'http://a', 'a/b', '-a', 'a-', 'a..b', 'é'].map(
      (name): [string, object] => ['TARS7103', { name }],
    ),
    ['TARS7103', { name: 'a'.repeat(64) }],
  ])('%s for a backend with %j', (code, fields) => {
    const [key = ''] = Object.keys(fields);
    expect(saidOf(target, one(fields))).toEqual([`${code} subject.backends[0].${key}`]);
  });

  test.each(['', 'a b', 'a;', 'a\n}', 'a{', 'a$b', 'a/b', 'a"', 'é', 'a'.repeat(254)])('the name %j', (name) => {
    expect(saidOf(target, { ...many(1), name })).toEqual(['TARS7103 subject.name']);
  });

  test.each<[string, unknown, readonly string[]]>([
    ['nothing', undefined, ['TARS1002 subject.name', 'TARS7103 subject.backends']],
    ['a text', 'api', ['TARS1002 subject', 'TARS1002 subject.name', 'TARS7103 subject.backends']],
    ['no list', { name: 'api', backends: 'a' }, ['TARS1002 subject.backends']],
    ['a backend that is none', { name: 'api', backends: ['a'] }, ['TARS1002 subject.backends[0]']],
  ])('%s', (_, subject, said) => {
    expect(saidOf(target, subject)).toEqual(expect.arrayContaining([...said]));
  });

  test('the same backend twice', () => {
    const backends = [
      { name: 'a', port: 80 },
      { name: 'a', port: 81 },
      { name: 'a', port: 80, weight: 2 },
    ];
    expect(saidOf(target, { name: 'api', backends })).toEqual(['TARS7103 subject.backends[2]']);
  });

  test('how many backends', () => {
    const isRoute = target === 'http-route' || target === 'nginx-gateway-fabric';
    const refused = ['TARS7103 subject.backends'];
    expect(saidOf(target, many(0))).toEqual(isRoute || target === 'nginx' ? refused : []);
    expect(saidOf(target, many(16))).toEqual([]);
    expect(saidOf(target, many(17))).toEqual(isRoute ? refused : []);
  });

  test('everything at once', () => {
    const subject = { name: ';', backends: [{ name: ';', port: 0, weight: NaN }], resolver: 'dns' };
    expect(saidOf(target, subject, 'fastest')).toEqual([
      'TARS1002 strategy',
      'TARS7103 subject.name',
      'TARS7103 subject.resolver',
      'TARS7103 subject.backends[0].name',
      'TARS1006 subject.backends[0].port',
      'TARS1006 subject.backends[0].weight',
    ]);
  });
});

test.each(['apache', 'toString', undefined])('the target %s is none', (target) => {
  expect(issuesOf(target, one())).toMatchObject([{ code: 'TARS1002', path: 'target' }]);
});

describe('hosts of nginx', () => {
  test.each(['a', 'A_b', 'tars-backend', 'a.b.example', '10.0.0.1', '::1', '[::1]', '[::ffff:10.0.0.1]', '1'])(
    '%s is one',
    (name) => {
      expect(saidOf('nginx', one({ name }))).toEqual([]);
    },
  );

  test.each(['fe80::1%eth0', '[fe80::1%eth0]', '[a]', '[]', '999.1.1.1', '10.0.0', 'unix:/tmp/a', 'a.', '*.a'])(
    '%s is none',
    (name) => {
      expect(saidOf('nginx', one({ name }))).toEqual(['TARS7103 subject.backends[0].name']);
    },
  );

  test('an address is the same with brackets and without', () => {
    const backends = [
      { name: '::1', port: 80 },
      { name: '[::1]', port: 80 },
    ];
    expect(saidOf('nginx', { name: 'api', backends })).toEqual(['TARS7103 subject.backends[1]']);
  });

  test.each(['127.0.0.1', '127.0.0.1:53', '[::1]', '[::1]:5353'])('the name server %s', (resolver) => {
    expect(saidOf('nginx', { ...one(), resolver })).toEqual([]);
  });

  test.each([
    '',
    'dns',
    '::1',
    '1.1.1.1:0',
    '1.1.1.1:65536',
    '1.1.1.1 valid=1h',
    '1.1.1.1;',
    '[fe80::1%eth0]',
    '1.1.1.1\n',
  ])('no name server: %j', (resolver) => {
    expect(saidOf('nginx', { ...one(), resolver })).toEqual(['TARS7103 subject.resolver']);
  });
});
